// SHA-256 and its HMAC at once and without Node: for engines that run in a browser, too, where the platform only has them
// as promises. For short messages; whoever hashes files uses the platform's.

const blockLength = 64
const roundConstants = words(
  '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 ' +
    'd807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 ' +
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da ' +
    '983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 ' +
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 ' +
    'a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 ' +
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 ' +
    '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2',
)
const initial = words('6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19')

/** The 32 bytes of the hash. @see FIPS 180-4, section 6.2 */
export function sha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = Int32Array.from(initial)
  const schedule = new Int32Array(blockLength)
  const whole = message.length - (message.length % blockLength)
  for (let at = 0; at < whole; at += blockLength) compress(state, schedule, message.subarray(at))
  const last = lastBlocks(message.subarray(whole), message.length)
  for (let at = 0; at < last.length; at += blockLength) compress(state, schedule, last.subarray(at))
  // It held the message.
  schedule.fill(0)
  last.fill(0)
  const hash = new DataView(new ArrayBuffer(32))
  for (let index = 0; index < 8; index++) hash.setInt32(4 * index, state[index]!)
  return new Uint8Array(hash.buffer)
}

/** The 32 bytes of the code. @see RFC 2104, FIPS 198-1 */
export function hmacSha256(key: Uint8Array, ...message: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const short = key.length > blockLength ? sha256(key) : key
  const length = message.reduce((sum, part) => sum + part.length, 0)
  const inner = padded(short, 0x36, length)
  let at = blockLength
  for (const part of message) {
    inner.set(part, at)
    at += part.length
  }
  const outer = padded(short, 0x5c, 32)
  outer.set(sha256(inner), blockLength)
  const code = sha256(outer)
  inner.fill(0)
  outer.fill(0)
  return code
}

/** A block of the key and a constant, with room for `length` bytes behind it. */
function padded(key: Uint8Array, constant: number, length: number): Uint8Array {
  const block = new Uint8Array(blockLength + length).fill(constant, 0, blockLength)
  for (let index = 0; index < key.length; index++) block[index]! ^= key[index]!
  return block
}

/** The rest of the message, a one bit, zeros, and the length of all in bits. */
function lastBlocks(rest: Uint8Array, length: number): Uint8Array {
  const blocks = new Uint8Array(rest.length < blockLength - 8 ? blockLength : 2 * blockLength)
  blocks.set(rest)
  blocks[rest.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(blocks.length - 8, Math.floor(length / 0x2000_0000))
  view.setUint32(blocks.length - 4, length << 3)
  return blocks
}

function compress(state: Int32Array, schedule: Int32Array, block: Uint8Array): void {
  expand(schedule, block)
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let round = 0; round < 64; round++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + roundConstants[round]! + schedule[round]!) | 0
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
  state[5]! += f
  state[6]! += g
  state[7]! += h
}

function expand(schedule: Int32Array, block: Uint8Array): void {
  for (let at = 0; at < 16; at++) {
    const byte = 4 * at
    schedule[at] =
      (block[byte]! << 24) | (block[byte + 1]! << 16) | (block[byte + 2]! << 8) | block[byte + 3]!
  }
  for (let at = 16; at < 64; at++) {
    const early = schedule[at - 15]!
    const late = schedule[at - 2]!
    const sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    schedule[at] = (sigma1 + schedule[at - 7]! + sigma0 + schedule[at - 16]!) | 0
  }
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

function words(spelled: string): Int32Array {
  return Int32Array.from(spelled.split(' '), (word) => Number.parseInt(word, 16))
}
