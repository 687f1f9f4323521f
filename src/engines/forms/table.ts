// Makes the table by which rooms without keys find known secrets: enough to recognise each form, too little to learn it.
import { concat, estimatedBits, guessableBelow, type Random, type Secret } from '#base'
import { encodingsOf, textOf, writtenForms } from './encodings.ts'
import { formMac, wholeHash, windowHash, type Keys } from './hashes.ts'
import { leastBytes, leavesOf } from './leaves.ts'
import { cut, placesOf, type Piece, type Place } from './places.ts'

/** A secret that is not in the table, so that nobody will find it. */
export interface Left {
  readonly name: string
  /**
   * `empty`: nothing but white space. `too-short`: under 12 bytes. `guessable`: whoever holds the table could try all
   * values. `duplicate`: found under another name. `too-many`: the table is full.
   */
  readonly reason: 'empty' | 'too-short' | 'guessable' | 'duplicate' | 'too-many'
}

type Refusal = Left['reason'] | undefined

interface Table {
  readonly keys: Keys
  /** By HMAC: pieces of all forms, each once. */
  readonly pieces: Map<string, Piece>
  readonly most: number
}

const mostNames = 65_535
/** With records of 92 bytes the table stays under 16 MiB of text. */
export const mostPieces = 120_000
const fixedBytes = 28
/** How secrets of which everybody may know the beginning begin: scheme and user, a token's header, a key's, a prefix. */
const prefixes =
  /^(?:[a-z][a-z\d+.-]*:\/\/(?:[^\s/?#@:]*:)?|eyJ[\w-]*\.|-----BEGIN [^\n]*\s.{40}|(?:[a-z][a-z\d]*[_-])+)/i

/**
 * Makes the table of known secrets where their plaintext is. Each is looked for in every encoding, and so are the secrets
 * within it: strings of JSON, the password of an address, lines of a key. Whoever holds the table can test a guess of
 * about eleven bytes of a secret, nothing less: no window covers fewer. Who knows as many, of those behind what everybody
 * may know, can go on byte by byte for at most 15 more. That is why values that can be guessed are left out.
 * @param random Gives the keys from which all hashes in the table are made.
 * @param most Pieces that the table may have; a secret without room is left out.
 * @returns The table for `parseKnownSecrets`, which holds names and no plaintext; and what is left out of it.
 */
export function knownTable(
  secrets: readonly { readonly name: string; readonly secret: Secret }[],
  random: Random,
  most = mostPieces,
): { readonly table: string; readonly left: readonly Left[] } {
  const words = new BigUint64Array(Uint8Array.from(random(80)).buffer).map((word) => word | 1n)
  const table: Table = { keys: { key: random(32), words }, pieces: new Map(), most }
  const left: Left[] = []
  const kept: { readonly name: string; readonly value: Uint8Array }[] = []
  for (const { name, secret } of secrets) {
    const value = secret.lend((bytes) => Uint8Array.from(trimmed(bytes)))
    const reason = reasonAgainst(value) ?? add(table, value, encodingsOf, kept.length)
    if (reason === undefined) kept.push({ name, value })
    else left.push({ name, reason })
  }
  // After all whole secrets, so that each of those is found under its own name.
  kept.forEach(({ value }, index) => {
    const { parts, lines } = leavesOf(value)
    for (const part of parts) add(table, part, encodingsOf, index)
    for (const line of lines) add(table, line, writtenForms, index)
    value.fill(0)
  })
  const names = kept.map(({ name }) => name)
  const [key, wordsText, forms] = [table.keys.key, new Uint8Array(words.buffer), recordsOf(table)].map(inText)
  return { table: JSON.stringify({ v: 2, key, words: wordsText, names, forms }), left }
}

/** Files of keys end with a line feed that does not travel with the key. */
function trimmed(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte > 0x20)
  return bytes.subarray(start, bytes.findLastIndex((byte) => byte > 0x20) + 1)
}

function reasonAgainst(value: Uint8Array): Refusal {
  if (value.length < leastBytes) return value.length === 0 ? 'empty' : 'too-short'
  return estimatedBits(value) < guessableBelow ? 'guessable' : undefined
}

/** Adds the forms of a value, or says why not. */
function add(
  { keys, pieces, most }: Table,
  value: Uint8Array,
  encode: typeof encodingsOf,
  name: number,
): Refusal {
  const prefix = prefixes.exec(textOf(value))?.[0].length ?? 0
  const fresh = encode(value)
    .flatMap((form) => cut(form, name, prefix))
    .map((piece) => [formMac(keys, piece.bytes).toString('latin1'), piece] as const)
    .filter(([mac]) => !pieces.has(mac))
  if (fresh.length === 0) return 'duplicate'
  if (name >= mostNames || pieces.size + fresh.length > most) return 'too-many'
  for (const [mac, piece] of fresh) pieces.set(mac, piece)
  return undefined
}

/** One for each piece; the pieces are zeroed. */
function recordsOf({ keys, pieces }: Table): Uint8Array {
  const places = placesOf([...pieces.values()])
  const records = [...pieces].map(([mac, piece], index) => recordOf(piece, places[index], mac, keys))
  for (const { bytes } of pieces.values()) bytes.fill(0)
  return concat(...records)
}

/** A name, a length, the place, how it may begin and end, and the hashes. src/engines/known/table.ts reads it. */
function recordOf(piece: Piece, place: Place | undefined, mac: string, keys: Keys): Uint8Array {
  if (place === undefined) return new Uint8Array(0)
  const { name, bytes, lead, tail } = piece
  const { window, stride, base, kind } = place
  const record = Buffer.alloc(fixedBytes + 4 * stride)
  record.writeUInt16BE(name, 0)
  record.writeUInt16BE(bytes.length, 2)
  record.set([window, stride, base, kind | (lead << 2) | (tail << 4)], 4)
  record.writeUInt32BE(wholeHash(keys, bytes), 8)
  record.write(mac, 12, 'latin1')
  for (let index = 0; index < stride; index++) {
    const hash = windowHash(keys, bytes.subarray(base + index, base + index + window))
    record.writeUInt32BE(hash, fixedBytes + index * 4)
  }
  return record
}

function inText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
