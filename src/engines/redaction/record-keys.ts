// Says by a field's name whether its value is a credential, whatever the value looks like.
import type { ScanOptions } from './finding.ts'
import { redact } from './redact.ts'

/** Of a `password` whatever stands there is masked, numbers too; of a `credential` every text beneath. */
export type Mask = 'password' | 'credential'

/** What a field's name says. */
export interface KeyMeaning {
  /** The name, with what it holds of secrets masked. */
  readonly spelled: string
  readonly mask?: Mask
  /** The detectors know such names: they judge the value. */
  readonly isTelling: boolean
}

const passwords = new Set(
  'password passwd passphrase passcode pwd secret clientsecret appsecret mysqlpwd otp cvv cvc'.split(' '),
)
const credentials = new Set(
  (
    'token accesstoken refreshtoken idtoken authtoken bearer bearertoken jwt apikey apisecret accesskey secretkey ' +
    'secretaccesskey privatekey signingkey encryptionkey authorization proxyauthorization auth pass cookie setcookie ' +
    'credential sessionid sessid phpsessid connectionstring'
  ).split(' '),
)
/** They end like a credential and only say where to read on. */
const harmless = new Set('pagetoken nexttoken continuationtoken synctoken'.split(' '))

/** A value that every detector of names takes for a credential. */
const probe = 'q8Zk2LmW0vXr7TuN4aGh'
const longestKey = 128
const mostCached = 4096
const mostWords = 3

/** Headers that stand before their value in a list, as in `rawHeaders`. */
const headers = new Set(
  'authorization proxy-authorization cookie set-cookie x-api-key api-key x-auth-token'.split(' '),
)
const longestNameInList = 64

/** Tells of an item of a list whether it names the next one. */
export function namesNext(item: unknown): item is string {
  if (typeof item !== 'string' || item.length > longestNameInList) return false
  return item.startsWith('-') || headers.has(item.toLowerCase())
}

/** Meanings of field names, each found once. */
export class KeyMeanings {
  readonly #options: ScanOptions
  readonly #own: ReadonlySet<string>
  readonly #cache = new Map<string, KeyMeaning>()

  /** @param own Names that the caller adds. */
  constructor(options: ScanOptions, own: readonly string[]) {
    this.#options = options
    this.#own = new Set(own.map((name) => wordsOf(name).join('')))
  }

  of(key: string): KeyMeaning {
    const cached = this.#cache.get(key)
    if (cached !== undefined) return cached
    const meaning = this.#find(key)
    // Keys come from outside: the cache must neither grow without end nor keep a secret.
    if (this.#cache.size >= mostCached) this.#cache.clear()
    if (meaning.spelled === key && key.length <= longestKey) this.#cache.set(key, meaning)
    return meaning
  }

  #find(key: string): KeyMeaning {
    const spelled = redact(key, this.#options).text
    const mask = this.#maskOf(key)
    if (mask !== undefined) return { spelled, mask, isTelling: false }
    return { spelled, isTelling: key.length > longestKey || this.#tells(key) }
  }

  #maskOf(key: string): Mask | undefined {
    if (key.length > longestKey) return undefined
    const words = wordsOf(key)
    const ends = Array.from({ length: Math.min(mostWords, words.length) }, (_, index) =>
      words.slice(-1 - index).join(''),
    )
    if (this.#own.has(words.join('')) || ends.some((end) => this.#own.has(end))) return 'password'
    if (ends.some((end) => harmless.has(end))) return undefined
    if (ends.some((end) => isIn(passwords, end))) return 'password'
    return ends.some((end) => isIn(credentials, end)) ? 'credential' : undefined
  }

  /** Asks the detectors themselves, so that a rule that is added to them holds for records too. */
  #tells(key: string): boolean {
    const line = JSON.stringify({ [key]: probe })
    return redact(line, this.#options).findings.some(({ end }) => end >= line.length - 2)
  }
}

function isIn(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || (name.endsWith('s') && names.has(name.slice(0, -1)))
}

/** `dbPassword`, `DB_PASSWORD` and `db.password` are the same two words. */
function wordsOf(key: string): string[] {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
