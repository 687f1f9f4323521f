// How an upstream may write the key that it was sent, and how a client would read it again.

/** One way of writing. */
export interface Encoding {
  readonly name: string
  readonly encode: (secret: string) => string
  /** All readings of a text that may hold it: one of them holds the secret if the text does. */
  readonly decode: (text: string) => readonly string[]
  /** It has line ends, which fields and status lines cannot. */
  readonly hasLines?: boolean
}

const around = {
  before: 'The quick brown fox sent ',
  after: ' over the lazy dog, and said so to everybody it met.',
}

export const encodings: readonly Encoding[] = [
  { name: 'plain', encode: (secret) => secret, decode: (text) => [text] },
  { name: 'base64', encode: (secret) => base64(secret), decode: fromBase64 },
  { name: 'base64 +1', encode: (secret) => base64(`u${secret}!`), decode: fromBase64 },
  { name: 'base64 +2', encode: (secret) => base64(`us${secret}!!`), decode: fromBase64 },
  { name: 'base64 of user:key', encode: (secret) => base64(`user:${secret}`), decode: fromBase64 },
  { name: 'base64url', encode: (secret) => Buffer.from(secret).toString('base64url'), decode: fromBase64 },
  {
    name: 'base64, lines of 64',
    encode: (secret) => lines(secret, 64, '\n'),
    decode: fromBase64,
    hasLines: true,
  },
  {
    name: 'base64, lines of 76',
    encode: (secret) => lines(secret, 76, '\r\n'),
    decode: fromBase64,
    hasLines: true,
  },
  { name: 'hex', encode: (secret) => hex(secret, ''), decode: fromHex },
  { name: 'HEX', encode: (secret) => hex(secret, '').toUpperCase(), decode: fromHex },
  { name: 'hex with colons', encode: (secret) => hex(secret, ':'), decode: fromHex },
  { name: 'HEX with spaces', encode: (secret) => hex(secret, ' ').toUpperCase(), decode: fromHex },
  { name: 'percent', encode: (secret) => encodeURIComponent(secret), decode: fromPercent },
  { name: 'percent, all', encode: (secret) => `%${hex(secret, '%').toUpperCase()}`, decode: fromPercent },
  { name: 'percent, all, lower case', encode: (secret) => `%${hex(secret, '%')}`, decode: fromPercent },
  { name: 'JSON', encode: (secret) => JSON.stringify(secret).slice(1, -1), decode: fromJson },
  { name: '\\u', encode: (secret) => `\\u00${hex(secret, '\\u00')}`, decode: fromJson },
  { name: 'HTML, named', encode: (secret) => secret.replaceAll(/["&<>]/g, named), decode: fromHtml },
  {
    name: 'HTML, decimal',
    encode: (secret) => secret.replaceAll(/[^]/g, (char) => `&#${char.charCodeAt(0)};`),
    decode: fromHtml,
  },
  { name: 'HTML, hex', encode: (secret) => `&#x${hex(secret, ';&#x')};`, decode: fromHtml },
  { name: 'backwards', encode: backwards, decode: (text) => [backwards(text)] },
  { name: 'list of bytes', encode: (secret) => [...Buffer.from(secret)].join(','), decode: fromNumbers },
]

/** Characters of a secret in a row that a client must not see, in any reading. */
const tellingLength = 10

/** Whether a text tells the secret, read by an encoding or as it is. */
export function tells(text: string, secret: string, { decode }: Encoding): boolean {
  const parts = Array.from({ length: secret.length - tellingLength + 1 }, (_, at) =>
    secret.slice(at, at + tellingLength),
  )
  return [text, ...decode(text)].some((reading) => parts.some((part) => reading.includes(part)))
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function lines(secret: string, length: number, end: string): string {
  const text = base64(`${around.before}${secret}${around.after}`)
  return text.replaceAll(new RegExp(`.{${length}}(?!$)`, 'g'), `$&${end}`)
}

function hex(text: string, between: string): string {
  return Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0')).join(between)
}

const names: Readonly<Record<string, string>> = { '"': '&quot;', '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function named(char: string): string {
  return names[char] ?? char
}

function backwards(text: string): string {
  return Array.from(text).toReversed().join('')
}

/** Each run of digits, from each of its first four on. */
function fromBase64(text: string): string[] {
  const runs = text.replaceAll(/\\[rn]|\s/g, '').match(/[\w+/-]{12,}/g) ?? []
  return runs.flatMap((run) =>
    [0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), 'base64').toString('latin1')),
  )
}

function fromHex(text: string): string[] {
  const runs = text.replaceAll(/[\s:]/g, '').match(/[\da-f]{20,}/gi) ?? []
  return runs.flatMap((run) => [0, 1].map((at) => Buffer.from(run.slice(at), 'hex').toString('latin1')))
}

function fromPercent(text: string): string[] {
  return [text.replaceAll(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))]
}

function fromJson(text: string): string[] {
  const units = text.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  return [units.replaceAll(/\\(.)/g, '$1')]
}

function fromHtml(text: string): string[] {
  const numbers = text.replaceAll(/&#(x?)([\da-f]+);/gi, (_, isHex: string, code: string) =>
    String.fromCharCode(parseInt(code, isHex === '' ? 10 : 16)),
  )
  return [Object.entries(names).reduce((text, [char, name]) => text.replaceAll(name, char), numbers)]
}

function fromNumbers(text: string): string[] {
  return [text.replaceAll(/(\d+)[,\s]*/g, (_, code: string) => String.fromCharCode(Number(code) % 256))]
}
