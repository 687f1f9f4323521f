// What is put into the lab: text that was pasted, or a file; read in slices, so that the page never stands still.

/** Bytes of one slice: a few milliseconds of work. */
const sliceBytes = 131_072
/** So much tells what a file is. */
const sampleBytes = 4096

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'binary'

export interface Source {
  /** Null for text that was typed or pasted. */
  readonly name: string | null
  /** Bytes. */
  readonly size: number
  readonly encoding: Encoding
  /** UTF-8, whatever it is stored as; bytes that are no text stay as they are. */
  readonly slices: () => AsyncIterable<Uint8Array<ArrayBuffer>>
}

export function sourceOfText(text: string, name: string | null): Source {
  const bytes = new TextEncoder().encode(text)
  return { name, size: bytes.length, encoding: 'utf-8', slices: () => slicesOf(new Blob([bytes])) }
}

export async function sourceOfFile(file: File): Promise<Source> {
  const encoding = encodingOf(await bytesOf(file.slice(0, sampleBytes)))
  const isWide = encoding === 'utf-16le' || encoding === 'utf-16be'
  const slices = (): AsyncIterable<Uint8Array<ArrayBuffer>> =>
    isWide ? decoded(file, encoding) : slicesOf(file)
  return { name: file.name, size: file.size, encoding, slices }
}

async function* slicesOf(blob: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < blob.size; at += sliceBytes) yield bytesOf(blob.slice(at, at + sliceBytes))
}

async function* decoded(blob: Blob, encoding: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const slice of slicesOf(blob)) yield encoder.encode(decoder.decode(slice, { stream: true }))
  yield encoder.encode(decoder.decode())
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer())
}

/** By its mark, or by where its zeros are: text in UTF-16 has one in every other byte, mostly. */
function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2]!++
  const most = 0.2 * bytes.length
  if (zeros[1]! > most && zeros[0]! < most / 4) return 'utf-16le'
  if (zeros[0]! > most && zeros[1]! < most / 4) return 'utf-16be'
  return zeros[0]! + zeros[1]! > 0 ? 'binary' : 'utf-8'
}
