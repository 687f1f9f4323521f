// Reads versions of files out of a repository, one after the other, through one git for all of them.
import type { Readable } from 'node:stream'
import { latin1 } from './content.ts'
import { startGit, type GitPlace } from './git.ts'

export interface Blob {
  readonly size: number
  /** Must be read to the end before the next version is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
}

export class Blobs {
  readonly #git: ReturnType<typeof startGit>
  readonly #output: Output

  constructor(place: GitPlace) {
    this.#git = startGit(place, ['cat-file', '--batch'])
    this.#output = new Output(this.#git.child.stdout)
  }

  /** Null where the repository does not have it. @param id Hexadecimal, as git gave it. */
  async read(id: string): Promise<Blob | null> {
    this.#git.child.stdin.write(`${id}\n`)
    const [, type, size] = (await this.#output.line()).split(' ')
    if (type === undefined || !/^\d+$/.test(size ?? '')) return null
    return { size: Number(size), chunks: this.#output.take(Number(size)) }
  }

  /** Ends git. */
  async close(): Promise<void> {
    this.#git.child.stdin.end()
    this.#git.child.stdout.resume()
    await this.#git.ended
  }
}

class Output {
  readonly #chunks: AsyncIterator<Uint8Array, undefined>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** Empty at the end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a)
      if (end >= 0) {
        const line = latin1(this.#rest.subarray(0, end))
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      const chunk = (await this.#chunks.next()).value
      if (chunk === undefined) return ''
      this.#rest = Buffer.concat([this.#rest, chunk])
    }
  }

  /** That many bytes, and the line feed after them, which is none of them. */
  async *take(length: number): AsyncGenerator<Uint8Array> {
    let left = length
    while (left > 0) {
      const chunk = this.#rest.length > 0 ? this.#rest : (await this.#chunks.next()).value
      if (chunk === undefined) return
      const part = chunk.subarray(0, left)
      this.#rest = chunk.subarray(part.length)
      left -= part.length
      yield part
    }
    await this.line()
  }
}
