// Follows the passkeys of a log through its events, and checks every consent that claims one.
import { canonicalJson, type Json } from '#base'
import { fingerprintOf, type ConsentRequest, type Receipt } from '#receipts'
import type { ProblemCode, Problems } from './problems.ts'
import { checkReceipt } from './receipt.ts'

type Event = Readonly<Record<string, Json>>

/** Only events with one of these are parsed: most have none. */
const marks = ['"receipt":', '"kind":"passkey"', '"what":"unlock"', '"level":2', '"level":3']

/** Sees every event that can be opened, in order. */
export class ReceiptCheck {
  readonly #problems: Problems
  #enrolled = new Set<string>()
  /** False once events are missing: then a passkey that nobody saw enrolled may still be genuine. */
  #isWhole = true
  /** Receipts that were found good. */
  checked = 0

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Fingerprints of the passkeys that are enrolled at the end. */
  get enrolled(): readonly string[] {
    return [...this.#enrolled]
  }

  /** Events are missing here, or cannot be opened. */
  miss(): void {
    this.#isWhole = false
  }

  take(payload: Buffer, index: number): void {
    const event = marks.some((mark) => payload.includes(mark)) ? parse(payload) : null
    if (event === null) return
    const code = this.#problemOf(event)
    if (code !== null) this.#problems.add(code, index)
  }

  #problemOf(event: Event): ProblemCode | null {
    if (event['kind'] === 'passkey') return this.#change(event)
    if (event['kind'] === 'lifecycle') return this.#compare(event)
    return event['kind'] === 'intent' ? this.#consent(event) : null
  }

  #change(event: Event): ProblemCode | null {
    const { what, by, passkey, publicKey } = event
    if (what === 'sign-in') return null
    if (typeof passkey !== 'string' || !isKeyOf(publicKey, passkey)) return 'receipt-invalid'
    const problem = by === 'passkey' ? this.#vouched(event) : this.#unvouched(by)
    if (what === 'add') this.#enrolled.add(passkey)
    else this.#enrolled.delete(passkey)
    return problem
  }

  /** The first needs nobody's word; a recovery code leaves nothing that could be checked later. */
  #unvouched(by: Json | undefined): ProblemCode | null {
    if (by === 'recovery-code') return null
    return by === 'first' && (this.#enrolled.size === 0 || !this.#isWhole) ? null : 'passkey-unvouched'
  }

  #vouched({ receipt, what, passkey, label }: Event): ProblemCode | null {
    const found = this.#genuine(receipt)
    if (typeof found === 'string') return found
    const { request } = found
    const isIt =
      request.purpose === 'passkeys' &&
      request.what === what &&
      request.passkey === passkey &&
      request.label === label
    return isIt ? null : 'receipt-invalid'
  }

  #consent(event: Event): ProblemCode | null {
    const consent = memberOf(memberOf(event, 'why'), 'consent')
    const [level, receipt] = [memberOf(consent, 'level'), memberOf(consent, 'receipt')]
    if (receipt === undefined) return level === 2 || level === 3 ? 'receipt-missing' : null
    const found = this.#genuine(receipt)
    if (typeof found === 'string') return found
    const { request } = found
    return request.purpose === 'consent' && isRequestOf(event, request) ? null : 'receipt-invalid'
  }

  #genuine(value: Json | undefined): Receipt | ProblemCode {
    const found = checkReceipt(value)
    if (typeof found === 'string') return value === undefined ? 'receipt-missing' : 'receipt-invalid'
    if (this.#isWhole && !this.#enrolled.has(found.passkey)) return 'receipt-foreign'
    this.checked++
    return found
  }

  /** Each unlock lists what the vault holds: another list than the log's own is a swapped or older vault. */
  #compare({ what, passkeys = [] }: Event): ProblemCode | null {
    if (what !== 'unlock' || !Array.isArray(passkeys)) return null
    const listed = new Set(passkeys.filter((one) => typeof one === 'string'))
    const isSame = listed.symmetricDifference(this.#enrolled).size === 0
    const isSwapped = !isSame && this.#isWhole
    this.#enrolled = listed
    return isSwapped ? 'passkeys-swapped' : null
  }
}

/** The request that was signed is the one that the event tells of. */
function isRequestOf(event: Event, request: ConsentRequest): boolean {
  const { who, object, released, why } = event
  const { assistant, path, lines, sha256, digest } = request
  const told: Json = [
    memberOf(who, 'assistant') ?? null,
    // The objects of a request for rights are under the digest of the card.
    path === null ? null : (memberOf(object, 'path') ?? null),
    event['lines'] ?? null,
    memberOf(released, 'sha256') ?? null,
    memberOf(memberOf(why, 'consent'), 'card') ?? null,
  ]
  return (
    canonicalJson(told) === canonicalJson([assistant, path ?? null, lines ?? null, sha256 ?? null, digest])
  )
}

function isKeyOf(publicKey: Json | undefined, fingerprint: string): boolean {
  return typeof publicKey === 'string' && fingerprintOf(Buffer.from(publicKey, 'base64url')) === fingerprint
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function parse(payload: Buffer): Event | null {
  try {
    const value: Event | null = JSON.parse(payload.toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
