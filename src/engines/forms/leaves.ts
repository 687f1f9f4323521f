// The secrets within a secret: strings of JSON, the password of an address, the lines of a key or of a settings file.
import { estimatedBits, guessableBelow, utf8 } from '#base'
import { textOf } from './encodings.ts'

type Named = readonly [name: string, text: string]

export const leastBytes = 12
const naming = /pass|pwd|secret|token|key|credential/i
/** One word with letters and digits, as providers make them; parts behind a dot are long too. */
const token = /^(?=.*\d.*\d)(?=.*[a-z].*[a-z])[\w+/=~!#$%^&*-]{12,}(?:\.[\w-]{16,})*$/i

/** The parts that are secrets of their own, by their name, place or look: configuration that all may see is none. */
export function leavesOf(value: Uint8Array): { readonly parts: Uint8Array[]; readonly lines: Uint8Array[] } {
  const text = textOf(value)
  const strings = /^\s*[{[]/.test(text) ? stringsOf(text) : []
  const texts = strings.length > 0 ? strings.map(([, string]) => string) : [text]
  const parts = secretsAmong([...strings, ...texts.flatMap(passwordsOf)])
  return { parts, lines: secretsAmong(texts.flatMap(linesOf)) }
}

function secretsAmong(named: readonly Named[]): Uint8Array[] {
  return named
    .filter(([name, text]) => {
      if (naming.test(name) && !/^https?:/.test(text)) return true
      // Of names that people give, little is left without the words.
      return token.test(text) && text.replaceAll(/[a-z]{4,}|[A-Z]{4,}/g, '').length >= 0.7 * text.length
    })
    .map(([, text]) => utf8(text))
    .filter((value) => value.length >= leastBytes && estimatedBits(value) >= guessableBelow)
}

/** All strings within a JSON text, however deep, each with its name; none if it is no JSON. */
function stringsOf(text: string): Named[] {
  const strings: Named[] = []
  try {
    JSON.parse(text, (name, value: unknown) => {
      if (typeof value === 'string') strings.push([name, value])
    })
  } catch {
    return []
  }
  return strings
}

/** As it stands in the address, and decoded. @see RFC 3986, section 3.2.1 */
function passwordsOf(text: string): Named[] {
  const password = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@:]*:([^\s/?#]+)@/i.exec(text)?.[1] ?? ''
  const decoded = new URLSearchParams(`password=${password.replaceAll(/[+&]/g, encodeURIComponent)}`)
  return [['password', password], ...decoded]
}

/** The lines of a text that has several, and what is set in them. Line ends may be escaped. */
function linesOf(text: string): Named[] {
  const lines = text.split(/\r?\n|\\n/).map((line) => line.trim())
  if (lines.length < 2) return []
  const settings = lines.map((line) => /^(?:export\s+)?([\w.-]+)\s*[:=]\s*["']?(.*?)["']?$/.exec(line))
  return lines.map((line, index) => [settings[index]?.[1] ?? '', settings[index]?.[2] ?? line] as const)
}
