// What was found elsewhere in a file, so that the same secret in another escaping is told once. Never leaves the process.
import { latin1 } from './content.ts'

const mostKept = 1 << 20
const mostOfOne = 1 << 16
/** A shorter one is the same only as a whole: any word may be a part of another. */
const tellingLength = 16

export class Seen {
  #values = '\n'

  add(value: Uint8Array): void {
    if (this.#values.length < mostKept) this.#values += `${bare(value)}\n`
  }

  /** Tells whether a value, or one that it is a part of, was seen. */
  has(value: Uint8Array): boolean {
    const sought = bare(value)
    return this.#values.includes(sought.length < tellingLength ? `\n${sought}\n` : sought)
  }
}

/** What is left of a value in every escaping and every way to break its lines. */
function bare(value: Uint8Array): string {
  return latin1(value.subarray(0, mostOfOne))
    .replaceAll(/\\(?:[nrt"/]|u[0-9a-fA-F]{4})/g, '')
    .replaceAll(/[^\w+/=.-]/g, '')
}
