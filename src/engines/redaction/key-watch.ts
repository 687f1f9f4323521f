// Follows in bytes that flow by whether a private key has begun that has not ended, whatever else is known of them.
import { concat, utf8 } from '#base'

const dash = 0x2d
const dashes = 5
const begins = utf8('BEGIN ')
const ends = utf8('END ')
/** Bytes of the longest mark, without its last. */
const reach = dashes + begins.length - 1

export class KeyWatch {
  #isWithin = false
  #tail: Uint8Array = new Uint8Array(0)

  /** True behind a `-----BEGIN ` that no `-----END ` has followed. */
  get isWithin(): boolean {
    return this.#isWithin
  }

  note(chunk: Uint8Array): void {
    const edge = concat(this.#tail, chunk.subarray(0, reach))
    this.#isWithin = lastBegins(chunk) ?? lastBegins(edge) ?? this.#isWithin
    // A copy: the `slice` of a Buffer would be none.
    this.#tail = concat((chunk.length < reach ? edge : chunk).subarray(-reach))
  }
}

/** Tells whether the last mark in it is that of a beginning; undefined if there is none. */
function lastBegins(bytes: Uint8Array): boolean | undefined {
  // Of five dashes in a row one stands where it is looked.
  for (let at = bytes.length - 1; at >= 0; at -= dashes) {
    if (bytes[at] !== dash) continue
    let end = at + 1
    while (bytes[end] === dash) end++
    while (bytes[at - 1] === dash) at--
    if (end - at < dashes) continue
    if (isAt(bytes, end, begins)) return true
    if (isAt(bytes, end, ends)) return false
  }
  return undefined
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  return text.every((byte, index) => bytes[at + index] === byte)
}
