// Makes foreign text harmless before a person sees it: what cannot be seen, or moves other text, is spelled out.

/**
 * Characters that are invisible, move the cursor or reorder text: C0 and C1 controls, bidirectional controls,
 * zero-width and invisible format characters, tags, variation selectors, lone surrogates, and line separators.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Surrogate}|\p{Private_Use}/gu

/**
 * Gives one line that is safe to show in a terminal, a dialog or a page: hidden characters become `\u{…}`, and a text
 * longer than `limit` loses its middle, so that the end of a path (the file's name) stays.
 * @param text Attacker-controlled.
 * @param limit Characters of the result, at least 16.
 */
export function shown(text: string, limit = 512): string {
  const cut = text.length > limit * 8 ? text.slice(0, limit * 4) + text.slice(-limit * 4) : text
  return shorten(cut.replace(hidden, spelled), limit)
}

/** As `shown`, but keeps line feeds and tabs: for file content, which is shown whole. */
export function shownBlock(text: string): string {
  return text.replace(hidden, (char) => (char === '\n' || char === '\t' ? char : spelled(char)))
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
