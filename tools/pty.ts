// A command of the house in a pseudo-terminal of its own, with `script` in the person's place.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

const root = new URL('..', import.meta.url).pathname

export class PersonTerminal {
  /** All that was ever shown. */
  screen = ''
  readonly ended: Promise<unknown>
  readonly #child: ChildProcess

  /** @param command As a person types it, without `keyreeve`. */
  constructor({ env }: { readonly env: Record<string, string> }, command: string) {
    const args = ['-qfec', `${root}bin/keyreeve ${command}`, '/dev/null']
    this.#child = spawn('script', args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin!.on('error', () => {})
    this.#child.stdout!.on('data', (bytes: Buffer) => (this.screen += bytes.toString()))
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys)
  }

  /** Waits until the screen shows it. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (let i = 0; i < 300; i++) {
      const found = pattern.exec(this.screen)
      if (found !== null) return found
      await wait(50)
    }
    throw new Error(`${pattern} never showed on the screen:\n${this.screen}`)
  }

  /** Types the code that stands on the screen. */
  async prove(): Promise<void> {
    const [, code] = await this.sees(/Type (\d{6})/)
    this.type(`${code}\r`)
  }

  /** Ctrl-C ends it; one that stays is killed. */
  async close(): Promise<void> {
    this.type('\u0003')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 2000)
    await this.ended
    clearTimeout(late)
  }
}
