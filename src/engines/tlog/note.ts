// Signed notes: text that one or more keys vouch for.
import { Secret } from '#base'
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { base64, fromBase64 } from './base64.ts'
import { sha256 } from './hash.ts'

/** Type byte of an Ed25519 key. @see C2SP signed-note, "Signature types" */
const ed25519 = 1
const keyIdBytes = 4
const publicKeyBytes = 32
const signatureBytes = 64
/** DER of an Ed25519 public key up to the key itself. @see RFC 8410, section 4 */
const spkiPrefix = Buffer.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00])
const longestNote = 64 * 1024
const mostSignatures = 64

/** Signs notes with one Ed25519 key. */
export interface NoteSigner {
  /** Name of the key; of a log's key, its origin. */
  readonly name: string
  /** Public key as text: `name+keyid+base64(type || key)`. */
  readonly vkey: string
  /** The whole note: `text`, a blank line, the signature line. @param text Ends with a line feed. */
  sign(text: string): string
}

/** Checks notes of one Ed25519 key. */
export interface NoteVerifier {
  readonly name: string
  readonly vkey: string
  /**
   * Gives the text of a note that this key signed.
   * @param note Attacker-controlled.
   * @returns Undefined if it is no note, or this key did not sign it, or one of its signatures by this key is wrong.
   */
  open(note: string): string | undefined
}

/**
 * @param name Not empty, without white space, control characters and `+`.
 * @param key Ed25519 private key, PKCS #8 DER. May be disposed when the call returns.
 * @returns Undefined if the name cannot name a key, or the key is no Ed25519 key.
 * @see C2SP signed-note
 */
export function noteSigner(name: string, key: Secret): NoteSigner | undefined {
  const privateKey = key.lend((bytes) => privateKeyOf(bytes))
  if (privateKey === undefined || !isKeyName(name)) return undefined
  const publicKey = createPublicKey(privateKey)
    .export({ type: 'spki', format: 'der' })
    .subarray(spkiPrefix.length)
  const id = keyIdOf(name, publicKey)
  return {
    name,
    vkey: vkeyOf(name, publicKey),
    sign(text) {
      const signature = sign(null, Buffer.from(text), privateKey)
      return `${text}\n— ${name} ${base64(Buffer.concat([id, signature]))}\n`
    },
  }
}

/**
 * @param vkey Attacker-controlled as text; whether to trust it is the caller's affair.
 * @returns Undefined if it is no Ed25519 vkey, or its key id does not fit its key.
 */
export function noteVerifier(vkey: string): NoteVerifier | undefined {
  const [, name, , encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? []
  const typed = encoded === undefined ? undefined : fromBase64(encoded)
  if (name === undefined || typed?.length !== 1 + publicKeyBytes || typed[0] !== ed25519) return undefined
  const publicKey = typed.subarray(1)
  if (!isKeyName(name) || vkeyOf(name, publicKey) !== vkey) return undefined
  const id = keyIdOf(name, publicKey)
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
  return { name, vkey, open: (note) => openNote(note, { name, id, key }) }
}

function openNote(
  note: string,
  known: { readonly name: string; readonly id: Buffer; readonly key: KeyObject },
): string | undefined {
  const parts = splitNote(note)
  if (parts === undefined) return undefined
  const mine = parts.signatures.filter(
    ({ name, bytes }) => name === known.name && bytes.indexOf(known.id) === 0,
  )
  const text = Buffer.from(parts.text)
  const isGenuine = mine.every(({ bytes }) => isSignature(bytes.subarray(keyIdBytes), text, known.key))
  return mine.length > 0 && isGenuine ? parts.text : undefined
}

function isSignature(signature: Buffer, text: Buffer, key: KeyObject): boolean {
  return signature.length === signatureBytes && verify(null, text, key, signature)
}

interface NoteParts {
  readonly text: string
  readonly signatures: readonly { readonly name: string; readonly bytes: Buffer }[]
}

function splitNote(note: string): NoteParts | undefined {
  // The text may hold blank lines itself: the last one ends it.
  const blank = note.lastIndexOf('\n\n')
  if (blank < 0 || note.length > longestNote || !note.endsWith('\n') || hasControls(note)) return undefined
  const lines = note.slice(blank + 2, -1).split('\n')
  if (lines.length > mostSignatures) return undefined
  const signatures = lines.map(parseSignatureLine)
  return signatures.every((signature) => signature !== undefined)
    ? { text: note.slice(0, blank + 1), signatures }
    : undefined
}

function parseSignatureLine(line: string): { name: string; bytes: Buffer } | undefined {
  const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : fromBase64(encoded)
  if (name === undefined || bytes === undefined || bytes.length <= keyIdBytes) return undefined
  return isKeyName(name) ? { name, bytes } : undefined
}

function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && name.isWellFormed() && !hasControls(name)
}

/** Control characters, of which a note may have none but line feeds. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x0a) return true
  }
  return false
}

function keyIdOf(name: string, publicKey: Uint8Array): Buffer {
  const identified = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ed25519]), publicKey])
  return sha256(identified).subarray(0, keyIdBytes)
}

function vkeyOf(name: string, publicKey: Uint8Array): string {
  const typed = Buffer.concat([Buffer.from([ed25519]), publicKey])
  return `${name}+${keyIdOf(name, publicKey).toString('hex')}+${base64(typed)}`
}

function privateKeyOf(der: Uint8Array): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined
  }
}
