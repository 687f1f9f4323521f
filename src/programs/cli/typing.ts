// Reads what a person types at a terminal, key by key: hidden values as bytes, never as strings.
import { Fault, Secret } from '#base'
import type { Readable, Writable } from 'node:stream'

/** A terminal that can be typed at. `tty.ReadStream` is one. */
export interface Keyboard extends Readable {
  readonly isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
}

export interface Question {
  readonly keyboard: Keyboard
  readonly screen: Writable
  readonly prompt: string
}

const key = {
  interrupt: 0x03,
  end: 0x04,
  backspace: 0x08,
  feed: 0x0a,
  enter: 0x0d,
  clear: 0x15,
  delete: 0x7f,
}
const mostBytes = 65_536

/** True if a person can be asked at this stream. */
export function isKeyboard(stream: Readable): stream is Keyboard {
  return 'isTTY' in stream && stream.isTTY === true && 'setRawMode' in stream
}

/**
 * Asks for a value that is not shown while it is typed.
 * @throws Fault `usage` if the person gives up with Ctrl-C or types nothing.
 */
export async function askHidden(question: Question): Promise<Secret> {
  const typed = await readLine(question, () => {})
  if (typed.length > 0) return Secret.own(typed)
  throw new Fault('usage', 'nothing was typed')
}

/** Asks for a short line that is shown while it is typed. @throws Fault `usage` on Ctrl-C. */
export async function askShown(question: Question): Promise<string> {
  const typed = await readLine(question, (byte) => question.screen.write(String.fromCharCode(byte)))
  return new TextDecoder().decode(typed).trim()
}

/** @param echo Told of each byte that becomes part of the line. */
async function readLine(
  { keyboard, screen, prompt }: Question,
  echo: (byte: number) => void,
): Promise<Uint8Array> {
  const line = new TypedLine()
  screen.write(prompt)
  keyboard.setRawMode?.(true)
  try {
    await new Promise<void>((resolve, reject) => {
      const gone = (): void => reject(new Fault('usage', 'the terminal went away'))
      const take = (bytes: Uint8Array): void => {
        for (const byte of bytes) {
          const state = line.press(byte)
          if (state === 'more') continue
          keyboard.off('data', take).off('end', gone)
          if (state === 'done') resolve()
          else reject(new Fault('usage', 'the question was not answered'))
          return
        }
      }
      line.onByte = echo
      keyboard.on('data', take).once('end', gone).resume()
    })
    return line.bytes()
  } finally {
    line.wipe()
    keyboard.pause()
    keyboard.setRawMode?.(false)
    screen.write('\n')
  }
}

/** A line under construction. Keys edit it; `press` says whether it is finished. */
export class TypedLine {
  onByte: (byte: number) => void = () => {}
  readonly #buffer = new Uint8Array(mostBytes)
  #length = 0

  press(byte: number): 'more' | 'done' | 'given up' {
    if (byte === key.enter || byte === key.feed || byte === key.end) return 'done'
    if (byte === key.interrupt) return 'given up'
    if (byte === key.backspace || byte === key.delete) this.#eraseCharacter()
    else if (byte === key.clear) this.wipe()
    else if (byte >= 0x20) this.#append(byte)
    return 'more'
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  wipe(): void {
    this.#buffer.fill(0)
    this.#length = 0
  }

  #append(byte: number): void {
    if (this.#length === mostBytes) return
    this.#buffer[this.#length++] = byte
    this.onByte(byte)
  }

  /** A character of UTF-8 is a lead byte and its continuation bytes, 10xxxxxx. */
  #eraseCharacter(): void {
    while (this.#length > 0) {
      const byte = this.#buffer[--this.#length] ?? 0
      this.#buffer[this.#length] = 0
      if ((byte & 0xc0) !== 0x80) return
    }
  }
}
