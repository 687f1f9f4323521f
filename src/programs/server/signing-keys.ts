// The keys that tokens are signed with: made here, wrapped in the registry, published before use and after.
import { base64url, Fault, hex, type Clock, type Milliseconds, type Random, type Secret } from '#base'
import type { SigningKeyRecord, SigningKeyRecords } from '#registry'
import { publicJwkOf, publicKeyOf, thumbprint, type PublicJwk } from '#token'
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/** A key that signs now. */
interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
}

/** The keys of this issuer, the same in all its processes. */
export interface SigningKeys {
  current(): SigningKey
  /** Keys that something may be signed with that is still good, and the one that comes next. */
  published(): readonly PublicJwk[]
  /** A published key. @param kid Attacker-controlled. */
  keyOf(kid: string): KeyObject | undefined
  /** Takes in what other processes did, and lets the next key follow when it is time. To be called every few seconds. */
  refresh(): Promise<void>
  /** Ends a key at once, and lets the next one sign. @throws Fault `key-invalid` for one that is not known */
  deny(kid: string): Promise<void>
}

/** What the keys are made of. */
export interface SigningKeysOptions {
  readonly records: SigningKeyRecords
  /** 32 bytes, the same in all processes. */
  readonly wrappingKey: Secret
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}

/** How long a key signs. */
const term: Milliseconds = 30 * 86_400_000
/** A key is published this long before it signs: longer than anybody keeps our keys. */
const notice: Milliseconds = 15 * 60_000
/** And this long after: a token's life, and how far clocks differ. Attestations are renewed within a term. */
const retirement: Milliseconds = 90 * 86_400_000 + 960_000

/**
 * Opens the keys, or makes the first two.
 * @throws Fault `server-key-invalid` if the wrapping key is not the one that they were wrapped with; the registry's faults
 */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const ring = new Ring(options)
  await ring.refresh()
  return ring
}

class Ring implements SigningKeys {
  readonly #options: SigningKeysOptions
  #version = -1
  #records: readonly SigningKeyRecord[] = []
  #current: SigningKey | undefined
  #keys: ReadonlyMap<string, KeyObject> = new Map()

  constructor(options: SigningKeysOptions) {
    this.#options = options
  }

  current(): SigningKey {
    if (this.#current === undefined) throw new Fault('server-key-invalid', 'there is no key to sign with')
    return this.#current
  }

  published(): readonly PublicJwk[] {
    return this.#live().map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' }))
  }

  keyOf(kid: string): KeyObject | undefined {
    return this.#keys.get(kid)
  }

  async refresh(): Promise<void> {
    const { records, clock } = this.#options
    for (;;) {
      const { version, keys } = await records.read()
      const wanted = this.#turned(keys, clock.now())
      if (wanted === keys) return this.#load(version, keys)
      if (await records.write(version, wanted)) return this.#load(version + 1, wanted)
    }
  }

  async deny(kid: string): Promise<void> {
    const { records, clock } = this.#options
    for (;;) {
      const { version, keys } = await records.read()
      if (!keys.some((key) => key.kid === kid)) throw new Fault('key-invalid', 'no key has that id')
      const denied = keys.map((key) => (key.kid === kid ? { ...key, state: 'denied' as const } : key))
      const wanted = this.#turned(denied, clock.now())
      if (await records.write(version, wanted)) return this.#load(version + 1, wanted)
    }
  }

  #live(): readonly SigningKeyRecord[] {
    const now = this.#options.clock.now()
    return this.#records.filter(
      ({ state, until }) => state !== 'denied' && (state !== 'retiring' || until > now),
    )
  }

  /** The same array where nothing is due. Denied keys stay for as long as somebody may come with what they signed. */
  #turned(keys: readonly SigningKeyRecord[], now: Milliseconds): readonly SigningKeyRecord[] {
    const current = keys.find(({ state }) => state === 'current')
    const next = keys.find(({ state }) => state === 'next')
    const rest = keys.filter((key) => key !== current && key !== next && key.until > now)
    if (current === undefined) {
      const first = next ?? this.#make(now)
      return [...rest, { ...first, state: 'current', from: now, until: now + term }, this.#make(now)]
    }
    if (next === undefined) return [...rest, current, this.#make(now)]
    if (current.until > now || next.from + notice > now) return keys
    const retired = { ...current, state: 'retiring' as const, until: now + retirement }
    return [...rest, retired, { ...next, state: 'current', from: now, until: now + term }, this.#make(now)]
  }

  #make(now: Milliseconds): SigningKeyRecord {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x, y } = publicJwkOf(privateKey)
    const kid = thumbprint({ x, y })
    const der = privateKey.export({ format: 'der', type: 'pkcs8' })
    const wrapped = wrap(der, kid, this.#options)
    der.fill(0)
    return {
      kid,
      wrapped,
      publicJwk: { kty, crv, x, y },
      state: 'next',
      from: now,
      until: now + term + retirement,
    }
  }

  #load(version: number, keys: readonly SigningKeyRecord[]): void {
    if (version === this.#version) return
    const current = keys.find(({ state }) => state === 'current')
    if (current !== undefined && current.kid !== this.#current?.kid) {
      const { kid, publicJwk } = current
      this.#current = { kid, publicJwk, privateKey: unwrap(current, this.#options) }
    }
    this.#version = version
    this.#records = keys
    this.#keys = new Map(this.#live().map(({ kid, publicJwk }) => [kid, publicKeyOf(publicJwk)]))
  }
}

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM, bound to the key's own id. */
function wrap(der: Uint8Array, kid: string, { wrappingKey, random }: SigningKeysOptions): string {
  const iv = random(ivBytes)
  return wrappingKey.lend((key) => {
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(`signing-key\0${kid}`))
    const sealed = Buffer.concat([iv, cipher.update(der), cipher.final(), cipher.getAuthTag()])
    return base64url(Uint8Array.from(sealed))
  })
}

function unwrap({ kid, wrapped }: SigningKeyRecord, { wrappingKey }: SigningKeysOptions): KeyObject {
  const sealed = Buffer.from(wrapped, 'base64url')
  const iv = sealed.subarray(0, ivBytes)
  try {
    return wrappingKey.lend((key) => {
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(`signing-key\0${kid}`))
      decipher.setAuthTag(sealed.subarray(-tagBytes))
      const der = Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()])
      try {
        return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      } finally {
        der.fill(0)
      }
    })
  } catch (cause) {
    throw new Fault('server-key-invalid', `the signing key ${hexOf(kid)} was wrapped with another key`, {
      cause,
    })
  }
}

function hexOf(kid: string): string {
  return hex(Uint8Array.from(Buffer.from(kid, 'base64url'))).slice(0, 16)
}
