// Known secrets: enough of them to recognise each in every encoding, too little to learn them from.
import { estimatedBits, guessableBelow, type Random, type Secret } from '#base'
import { encodingsOf } from './encodings.ts'
import { Finder, type Occurrences } from './finder.ts'
import { formMac, keyBytes, mostNames, pieceBytes, type Form, type Table } from './form.ts'

import { readTable, writeTable } from './table.ts'
import { windowHash, windowOf, windowTable } from './windows.ts'

const leastBytes = 12
const mostForms = 400_000

/**
 * Known secrets as keyed hashes, made anew with a random key at each start. Whoever holds the table can test a guess of
 * a whole secret, nothing less: each window covers at least eleven bytes of the secret in every encoding, so that it
 * cannot be guessed piece by piece. That is why values that can be guessed are left out.
 */
export class KnownSecrets {
  /** Names of the secrets that were left out: shorter than 12 bytes, or easily guessed. Empty on a parsed table. */
  readonly left: readonly string[]
  readonly #table: Table
  /** Made when first asked: where the table is built, nothing is looked for. */
  #finder: Finder | undefined

  /** @internal Use `knownSecrets` or `parseKnownSecrets`. */
  constructor(table: Table, left: readonly string[]) {
    this.#table = table
    this.left = left
  }

  /**
   * Finds the secrets in every encoding. Remembers nothing of the bytes: for a text that grows, ask again from `until`.
   * @param bytes Attacker-controlled.
   * @param from Finds what starts there or later. What comes before is looked at only to tell where an occurrence starts.
   * @param isFinal False if more may follow `bytes`.
   * @returns All that start before `until`.
   */
  find(bytes: Uint8Array, from = 0, isFinal = true): Occurrences {
    this.#finder ??= new Finder(this.#table)
    return this.#finder.find(bytes, from, isFinal)
  }

  /** The table as text, for rooms without keys. Holds names, no plaintext, no hash without the table's key. */
  serialise(): string {
    return writeTable(this.#table)
  }
}

/**
 * Builds the table where the plaintext is.
 * @param random Gives the table's key, from which all hashes in it are made.
 */
export function knownSecrets(
  secrets: readonly { name: string; secret: Secret }[],
  random: Random,
): KnownSecrets {
  const key = random(keyBytes)
  const hashes = windowTable(key)
  const names: string[] = []
  const forms: Form[] = []
  const left: string[] = []
  for (const { name, secret } of secrets) {
    const made = secret.lend((bytes) => formsOf(bytes, names.length, { key, hashes }))
    if (made.length === 0 || names.length >= mostNames || forms.length + made.length > mostForms)
      left.push(name)
    else {
      names.push(name)
      for (const form of made) forms.push(form)
    }
  }
  return new KnownSecrets({ key, names, forms }, left)
}

/**
 * Reads a table that `serialise` wrote.
 * @param table From another program, not trusted further than its shape.
 * @throws Fault `message-invalid` for whatever is no such table.
 */
export function parseKnownSecrets(table: string): KnownSecrets {
  return new KnownSecrets(readTable(table), [])
}

function formsOf(bytes: Uint8Array, name: number, table: { key: Uint8Array; hashes: Int32Array }): Form[] {
  const value = trimmed(bytes)
  if (value.length < leastBytes || estimatedBits(value) < guessableBelow) return []
  return encodingsOf(value).flatMap(({ bytes: encoded, lead, tail }) =>
    cut(encoded).map((piece, index, pieces) => {
      const window = windowOf(piece.length)
      const hash = windowHash(table.hashes, piece, window)
      const mac = formMac(table.key, piece)
      const ends = { lead: index === 0 ? lead : 0, tail: index === pieces.length - 1 ? tail : 0 }
      return { name, length: piece.length, window, ...ends, hash, mac }
    }),
  )
}

/** Files of keys end with a line feed that does not travel with the key. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length]
  while (start < end && bytes[start]! <= 0x20) start++
  while (end > start && bytes[end - 1]! <= 0x20) end--
  return bytes.subarray(start, end)
}

/** Pieces of a long form, so that a stream need hold no more than one of them. The last is never shorter than a window. */
function cut(encoded: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.floor(encoded.length / pieceBytes))
  return Array.from({ length: count }, (_, index) =>
    encoded.subarray(index * pieceBytes, index === count - 1 ? encoded.length : (index + 1) * pieceBytes),
  )
}
