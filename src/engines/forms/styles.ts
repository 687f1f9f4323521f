// How programs write text: what each makes of a character in JSON, HTML, addresses and string literals.

/** What stands for a character; the character itself if nothing else does. */
export type Style = (char: string) => string

/** What escapers of HTML in wide use replace beside `&<>`, each with its entity. @see HTML Standard, section 13.5 */
const entities = [
  `"&quot;`,
  `"&quot; '&#39;`,
  `"&quot; '&#039;`,
  `"&quot; '&#x27;`,
  `"&quot; '&apos;`,
  `"&#34; '&#39;`,
  `"&quot; '&#39; /&#x2F;`,
  `"&quot; '&#x27; /&#x2F;`,
  `"&quot; '&#39; /&#x2F; \`&#x60; =&#x3D;`,
]

/** What those encoders of HTML leave as it is that write the rest as numbers. */
const unnumbered = /[^&<>"'`\x80-\u{10ffff}]/u

/** What RFC 3986, `encodeURIComponent`, `encodeURI` and forms (in two ways) leave as it is. */
const unreserved = [/[\w.~-]/, /[\w.~!'()*-]/, /[\w.~!'()*;/?:@&=+$,#-]/, /[\w.~-]/, /[\w.*-]/]

/**
 * For the characters of a text. Serialisers of JSON escape what they must; the solidus too (PHP); all beyond ASCII
 * (Python); what HTML takes for its own (Go); all of it (.NET); and JSON may be a string within JSON.
 * @see RFC 8259, section 7
 */
export const textStyles: readonly Style[] = [
  quoted,
  quotedAscii,
  upperCase(quotedAscii),
  (char) => (/[<>&\u2028\u2029]/.test(char) ? unit(char) : quoted(char)),
  upperCase((char) => (/["<>&'+`]/.test(char) ? unit(char) : quotedAscii(char))),
  (char) => (char === '/' ? '\\/' : quoted(char)),
  (char) => (char === '/' ? '\\/' : quotedAscii(char)),
  (char) => quoted(quoted(char)),
  (char) => quoted(quotedAscii(char)),
  ...entities.map((list): Style => {
    const words = `&&amp; <&lt; >&gt; ${list}`.split(' ')
    return (char) => words.find((word) => word.startsWith(char))?.slice(1) ?? char
  }),
  ...[10, 16].flatMap((base): Style[] => {
    const style: Style = (char) => (unnumbered.test(char) ? char : entity(char, base))
    return base === 16 ? [style, upperCase(style)] : [style]
  }),
]

/**
 * For a text that has a character for each byte: percent-encoding, once and twice; string literals of Python, JavaScript
 * and C, with either quote or none escaped; both in both cases. What they leave as it is, is ASCII.
 * @see RFC 3986, section 2.1; the URL Standard, application/x-www-form-urlencoded
 */
export const byteStyles: readonly Style[] = [
  ...unreserved.flatMap((kept, index) =>
    ['%', '%25'].map((sign): Style => {
      const space = index > 2 ? '+' : `${sign}20`
      return (char) => (char === ' ' ? space : kept.test(char) ? char : sign + hexOf(char))
    }),
  ),
  ...['', "'", '"'].map((quote): Style => (char) => {
    if (/[\\\n\r\t]/.test(char)) return quoted(char)
    return char === quote ? `\\${char}` : /[ -~]/.test(char) ? char : `\\x${hexOf(char)}`
  }),
].flatMap((style) => [style, upperCase(style)])

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function quotedAscii(char: string): string {
  return char > '\x7f' ? unit(char) : quoted(char)
}

/** One escape, or those of a pair of surrogates. */
function unit(char: string): string {
  return char.replaceAll(/[^]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function entity(char: string, base: number): string {
  return `&#${base === 16 ? 'x' : ''}${(char.codePointAt(0) ?? 0).toString(base)};`
}

function hexOf(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(2, '0')
}

/** Of an escape the digits alone: `\u`, `\x` and `&#x` stay. */
function upperCase(style: Style): Style {
  const digits = /(?<=\\u)[0-9a-f]{4}|(?<=\\x|%|%25)[0-9a-f]{2}|(?<=&#x)[0-9a-f]+/g
  return (char) =>
    style(char) === char ? char : style(char).replaceAll(digits, (some) => some.toUpperCase())
}
