// A passkey in software for tests: signs as an authenticator does, and also what none would.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { Assertion, Registration } from './assertion.ts'
import type { Algorithm } from './public-key.ts'

export interface Signing {
  readonly challenge: string
  readonly origin: string
  readonly type?: string
  readonly flags?: number
  readonly relyingParty?: string
  readonly more?: object
  /** Bytes after the counter. */
  readonly rest?: Buffer
}

const present = 0x01
const verified = 0x04
const attested = 0x40

export class SoftwarePasskey {
  readonly id = randomBytes(32).toString('base64url')
  readonly algorithm: Algorithm
  readonly publicKey: string
  counter = 0
  readonly #privateKey: KeyObject

  constructor(algorithm: Algorithm = -7) {
    const pair =
      algorithm === -7
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : algorithm === -8
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.algorithm = algorithm
    this.#privateKey = pair.privateKey
    this.publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64url')
  }

  register(signing: Signing): Registration {
    const id = Buffer.from(this.id, 'base64url')
    const length = Buffer.from([0, id.length])
    const rest = Buffer.concat([Buffer.alloc(16), length, id, Buffer.from([0xa0])])
    const flags = present | verified | attested
    const { authenticatorData, clientData } = this.#say({ type: 'webauthn.create', flags, rest, ...signing })
    return {
      id: this.id,
      algorithm: this.algorithm,
      publicKey: this.publicKey,
      authenticatorData: authenticatorData.toString('base64url'),
      clientData: clientData.toString('base64url'),
    }
  }

  sign(signing: Signing): Assertion {
    this.counter++
    const { authenticatorData, clientData } = this.#say(signing)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
    const signature = sign(this.algorithm === -8 ? null : 'sha256', signed, this.#privateKey)
    return {
      id: this.id,
      authenticatorData: authenticatorData.toString('base64url'),
      clientData: clientData.toString('base64url'),
      signature: signature.toString('base64url'),
    }
  }

  #say(signing: Signing): { authenticatorData: Buffer; clientData: Buffer } {
    const { type = 'webauthn.get', challenge, origin, flags = present | verified, more = {} } = signing
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    const rpIdHash = createHash('sha256')
      .update(signing.relyingParty ?? 'console.localhost')
      .digest()
    const rest = signing.rest ?? Buffer.alloc(0)
    const clientData = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...more }))
    return { authenticatorData: Buffer.concat([rpIdHash, Buffer.from([flags]), counter, rest]), clientData }
  }
}
