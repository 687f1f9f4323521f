// Compact JSON web signatures with ES256, and nothing else: made, taken apart strictly, verified.
import { Fault } from '#base'
import { sign, verify, type KeyObject } from 'node:crypto'
import { isObject, type Members } from './members.ts'

/** Signs with ES256 and gives r and s, 32 bytes each. The key may live in another process or in a chip. */
export type Sign = (input: Uint8Array) => Promise<Uint8Array>

/** Header of what we sign. */
export interface Header {
  readonly alg: 'ES256'
  readonly typ: string
  readonly kid?: string
  readonly jwk?: object
}

/** A signed text taken apart; nothing is verified yet. */
export interface Decoded {
  readonly header: Members
  readonly claims: Members
  /** What the signature is over. */
  readonly input: Buffer
  readonly signature: Buffer
}

/** How long a text may be, in characters, and what it must say it is. */
export interface Limits {
  readonly longest: number
  /** The `typ` of its header, without `application/`. */
  readonly typ: string
}

/** Longest that anything of ours is. */
export const longestCompact = 8192

const shape = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/
const lastOf = { two: /[AQgw]$/, three: /[AEIMQUYcgkosw048]$/ } as const
const strictly = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Signs claims. @see RFC 7515, section 7.1 */
export async function signCompact(header: Header, claims: object, sign: Sign): Promise<string> {
  const input = `${encoded(header)}.${encoded(claims)}`
  const signature = await sign(Buffer.from(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Signs with a key that is here: some 30 µs of this thread, of which to ask the thread pool would cost as many again. */
export function signerOf(privateKey: KeyObject): Sign {
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return async (input) => sign('sha256', input, key)
}

/**
 * Takes a compact signature apart.
 * @param text Attacker-controlled.
 * @throws Fault `token-invalid` if it is longer, of another type or algorithm, names critical extensions, or is not
 *   three parts of base64url in their one form around UTF-8 JSON objects.
 * @see RFC 7515, section 5.2; RFC 8725
 */
export function decodeCompact(text: string, { longest, typ }: Limits): Decoded {
  const parts = text.length <= longest ? shape.exec(text) : null
  if (parts === null) throw new Fault('token-invalid', 'not a compact signature of fit length')
  const [, head = '', body = '', tail = ''] = parts
  const header = jsonOf(head)
  if (header['alg'] !== 'ES256' || !isOfType(header['typ'], typ) || Object.hasOwn(header, 'crit')) {
    throw new Fault('token-invalid', `not an ES256 signature of type ${typ}`)
  }
  const input = Buffer.from(text.slice(0, -tail.length - 1))
  return { header, claims: jsonOf(body), input, signature: bytesOf(tail) }
}

/** Media types compare without case, and may be written in full. @see RFC 7515, section 4.1.9 */
function isOfType(value: unknown, typ: string): boolean {
  if (value === typ) return true
  return typeof value === 'string' && value.toLowerCase().replace(/^application\//, '') === typ
}

/** The parser's own message would quote its input. */
function jsonOf(part: string): Members {
  const bytes = bytesOf(part)
  let value: unknown
  try {
    value = JSON.parse(strictly.decode(bytes))
  } catch {
    value = undefined
  }
  if (isObject(value)) return value
  throw new Fault('token-invalid', 'a part is not a JSON object')
}

/** Its one form: no bit of the last character is left over. Which characters there are, `shape` has seen to. */
function bytesOf(part: string): Buffer {
  const over = part.length % 4
  if (over === 0 || (over === 2 && lastOf.two.test(part)) || (over === 3 && lastOf.three.test(part))) {
    return Buffer.from(part, 'base64url')
  }
  throw new Fault('token-invalid', 'a part is not base64url in its one form')
}

/** Tells whether the key signed it: some 60 µs of this thread, and 20 more if the thread pool were asked. */
export async function verifyCompact({ input, signature }: Decoded, publicKey: KeyObject): Promise<boolean> {
  return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
}

/**
 * Goes on only if the key signed it.
 * @throws Fault `token-invalid`
 */
export async function assertSigned(decoded: Decoded, key: KeyObject): Promise<void> {
  if (!(await verifyCompact(decoded, key))) throw new Fault('token-invalid', 'its signature does not verify')
}

/**
 * The key that a header names, or no key at all.
 * @throws Fault `token-invalid` for a key that is not among the issuer's.
 */
export function keyNamed({ header }: Decoded, keyOf: (kid: string) => KeyObject | undefined): KeyObject {
  const { kid } = header
  const key = typeof kid === 'string' ? keyOf(kid) : undefined
  if (key === undefined)
    throw new Fault('token-invalid', 'signed with a key that its issuer does not publish')
  return key
}
