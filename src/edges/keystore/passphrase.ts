// The passphrase keystore: keeps nothing, derives the slot's key each time.
import { base64url, Fault, fromBase64url, Secret, utf8, type Random } from '#base'
import { argon2 } from 'node:crypto'
import { slotKeyBytes, type Keystore, type SlotParams } from './keystore.ts'

const fewestCharacters = 8
const saltBytes = 16

/** 64 MiB, three passes, four lanes: the second recommended choice of RFC 9106, section 4. */
const cost = { memoryKib: 65_536, passes: 3, lanes: 4 }

/** What a header may ask of us: it is not proved before the key is there, and could name all the memory there is. */
const limits = { memoryKib: [8192, 1_048_576], passes: [1, 16], lanes: [1, 16] } as const

/** @param passphrase UTF-8. Stays the caller's. */
export function passphraseStore(passphrase: Secret, random: Random): Keystore {
  const about = { kind: 'passphrase', assurance: 'passphrase', place: 'in your head: a passphrase' } as const
  return {
    ...about,
    async probe() {},
    async enrol() {
      checkStrength(passphrase)
      const params = { kdf: 'argon2id', ...cost, salt: base64url(random(saltBytes)) }
      return { ...about, params, key: await derive(passphrase, params) }
    },
    unlock: (_vault, params) => derive(passphrase, params),
  }
}

function checkStrength(passphrase: Secret): void {
  const characters = passphrase.lend((bytes) => bytes.filter((byte) => (byte & 0xc0) !== 0x80).length)
  if (characters < fewestCharacters) {
    throw new Fault('passphrase-weak', `a passphrase has at least ${fewestCharacters} characters`)
  }
}

/** @see RFC 9106 */
async function derive(passphrase: Secret, params: SlotParams): Promise<Secret> {
  const { memoryKib, passes, lanes, salt } = checked(params)
  const message = normalised(passphrase)
  const options = {
    message,
    nonce: salt,
    parallelism: lanes,
    tagLength: slotKeyBytes,
    memory: memoryKib,
    passes,
  }
  const key = await new Promise<Uint8Array>((resolve, reject) => {
    argon2('argon2id', options, (error, derived) => (error === null ? resolve(derived) : reject(error)))
  })
  message.fill(0)
  return Secret.own(key)
}

function checked(params: SlotParams) {
  const salt = typeof params['salt'] === 'string' ? saltOf(params['salt']) : null
  if (params['kdf'] !== 'argon2id' || salt === null) throw outOfRange()
  return {
    salt,
    memoryKib: within(params['memoryKib'], limits.memoryKib),
    passes: within(params['passes'], limits.passes),
    lanes: within(params['lanes'], limits.lanes),
  }
}

function saltOf(text: string): Uint8Array | null {
  if (!/^[\w-]{22}$/.test(text)) return null
  try {
    return fromBase64url(text)
  } catch {
    return null
  }
}

function within(value: string | number | undefined, [least, most]: readonly [number, number]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw outOfRange()
}

function outOfRange(): Fault {
  return new Fault('vault-corrupt', 'header.json: a passphrase slot whose parameters are out of range')
}

/**
 * The same passphrase typed on another system must be the same bytes, hence NFC. Only one that is not all ASCII becomes a
 * string for it, which cannot be wiped.
 * @see RFC 8265, section 4.2
 */
function normalised(passphrase: Secret): Uint8Array {
  return passphrase.lend((bytes) => {
    if (bytes.every((byte) => byte < 0x80)) return Uint8Array.from(bytes)
    return utf8(textOf(bytes).normalize('NFC'))
  })
}

/** Strict: a lenient decoder would make one and the same of all that it cannot read. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Fault('usage', 'a passphrase is UTF-8 text')
  }
}
