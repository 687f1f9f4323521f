// Makes foreign text harmless before a person sees it: what cannot be seen, or moves other text, is spelled out.

/**
 * Ranges of code points that are invisible, move the cursor or reorder text, sorted.
 * @see Unicode 17, general categories Cc, Cf, Cs, Co, Zl, Zp and Default_Ignorable_Code_Point
 */
const hidden: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f], // C0 controls
  [0x7f, 0x9f], // DEL and C1 controls
  [0xad, 0xad], // soft hyphen
  [0x34f, 0x34f], // combining grapheme joiner
  [0x600, 0x605], // Arabic signs that enclose what follows
  [0x61c, 0x61c], // Arabic letter mark
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x890, 0x891],
  [0x8e2, 0x8e2],
  [0x115f, 0x1160], // Hangul fillers
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f], // zero width, directional marks
  [0x2028, 0x202e], // separators, bidirectional embeddings and overrides
  [0x2060, 0x206f], // word joiner, isolates
  [0x3164, 0x3164],
  [0xd800, 0xf8ff], // surrogates, private use
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f], // Egyptian format controls
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0x10ffff], // tags, variation selectors, private use
]

/**
 * Gives one line that is safe to show in a terminal, a dialog or a page: hidden characters become `\u{…}`, and a text
 * longer than `limit` loses its middle, so that the end of a path (the file's name) stays.
 * @param text Attacker-controlled.
 * @param limit Characters of the result, at least 16.
 */
export function shown(text: string, limit = 512): string {
  const cut = text.length > limit * 8 ? text.slice(0, limit * 4) + text.slice(-limit * 4) : text
  return shorten(Array.from(cut, (char) => (isHidden(char) ? spelled(char) : char)).join(''), limit)
}

/** As `shown`, but keeps line feeds and tabs and cuts nothing: for file content, which is shown whole. */
export function shownBlock(text: string): string {
  return Array.from(text, (char) =>
    char !== '\n' && char !== '\t' && isHidden(char) ? spelled(char) : char,
  ).join('')
}

function isHidden(char: string): boolean {
  const point = char.codePointAt(0) ?? 0
  if (point > 0x9f && point < 0xad) return false
  return hidden.some(([from, to]) => point >= from && point <= to)
}

function spelled(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}

function shorten(text: string, limit: number): string {
  const characters = Array.from(text)
  if (characters.length <= limit) return text
  const tail = Math.ceil((limit - 1) * 0.6)
  return `${characters.slice(0, limit - 1 - tail).join('')}…${characters.slice(-tail).join('')}`
}
