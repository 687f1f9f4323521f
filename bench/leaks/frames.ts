// Frames of WebSocket, as far as the matrix needs them. RFC 6455, section 5.2.

/** One text message in as many fragments as there are parts, as a server sends it: not masked. */
export function framesOf(parts: readonly string[]): Buffer[] {
  return parts.map((part, index) => {
    const payload = Buffer.from(part)
    const first = (index === parts.length - 1 ? 0x80 : 0) | (index === 0 ? 1 : 0)
    const length = payload.length < 126 ? [payload.length] : [126, payload.length >>> 8, payload.length & 255]
    return Buffer.concat([Buffer.from([first, ...length]), payload])
  })
}

/** The payloads of all frames, one behind another. What is no frame is taken as it is. */
export function payloadsOf(bytes: Buffer): Buffer {
  const payloads: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1]! & 127
    const head = short === 126 ? 4 : short === 127 ? 10 : 2
    if (at + head > bytes.length) return bytes
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? bytes.readUInt32BE(at + 6) : short
    payloads.push(bytes.subarray(at + head, at + head + length))
    at += head + length
  }
  return Buffer.concat(payloads)
}
