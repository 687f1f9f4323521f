// keyreeve/console: redacts whatever is printed through a console.
import type { RecordRedactor } from '#redaction'
import { formatWithOptions, inspect, type InspectOptions } from 'node:util'
import { LineRedactor, marker, tell } from './line.ts'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** How values are printed, as `console.Console` takes it. */
export interface ConsoleOptions extends RecordLogOptions {
  readonly inspectOptions?: InspectOptions
}

/** A console that redacts until it is restored. */
export interface RedactingConsole extends Disposable {
  /** Gives the console its own methods back, exactly as they were. A second call does nothing. */
  restore(): void
}

type Args = readonly unknown[]
/** Makes of what a method was called with what it may be called with. */
type Redact = (args: Args, isError: boolean) => Args

/**
 * Redacts all that goes through a console from now on, format specifiers, errors and objects of any depth included;
 * what is attached to the inspector sees the same. What cannot be redacted is dropped, and a text says so. What is
 * written to `process.stdout` past the console is not seen.
 * @param target `console`, or one made by `new Console`.
 */
export function redactor(target: object, options: ConsoleOptions = {}): RedactingConsole {
  const texts = new Texts(target, options)
  const patches = methodsOf(texts).map(([name, redact]) => patch(target, name, redact))
  const restore = (): void => {
    for (const undo of patches.splice(0).toReversed()) undo()
  }
  return { restore, [Symbol.dispose]: restore }
}

function methodsOf(texts: Texts): (readonly [name: string, redact: Redact])[] {
  const print: Redact = (args, isError) => ['%s', texts.formatted(args, isError)]
  const label: Redact = ([first, ...rest]) => [texts.labelled(first), ...texts.values(rest)]
  return [
    ...named('log info debug error warn trace group groupCollapsed dirxml', orNothing(print)),
    ...named('dir', ([value, how]) => ['%s', texts.inspected(value, how)]),
    ...named('assert', ([is, ...rest], isError) => [is, ...orNothing(print)(rest, isError)]),
    ...named('table', ([value, ...rest]) => [...texts.values([value]), ...rest]),
    ...named('time timeEnd timeLog count countReset profile profileEnd timeStamp', orNothing(label)),
  ]
}

function named(names: string, redact: Redact): (readonly [name: string, redact: Redact])[] {
  return names.split(' ').map((name) => [name, redact] as const)
}

function orNothing(redact: Redact): Redact {
  return (args, isError) => (args.length === 0 ? args : redact(args, isError))
}

/** @returns What takes the patch off. */
function patch(target: object, name: string, redact: Redact): () => void {
  const method: unknown = Reflect.get(target, name)
  if (typeof method !== 'function') return () => {}
  const descriptor = Object.getOwnPropertyDescriptor(target, name)
  // `dir` shows values by itself, and would put a text in quotes.
  const printing: unknown = name === 'dir' ? Reflect.get(target, 'log') : method
  const isError = ['error', 'warn', 'trace', 'assert'].includes(name)
  let isOn = true
  const patched = function (this: unknown, ...args: Args): unknown {
    if (!isOn || typeof printing !== 'function') return Reflect.apply(method, this, args)
    return Reflect.apply(printing, this, redact(args, isError))
  }
  Object.defineProperty(target, name, { ...descriptor, value: patched, configurable: true })
  return () => {
    isOn = false
    // Somebody else may have put a patch on ours: it stays, and ours lets everything through.
    if (Reflect.get(target, name) !== patched) return
    if (descriptor === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, descriptor)
  }
}

/** Makes the texts that a console prints. */
class Texts {
  readonly #target: object
  readonly #options: ConsoleOptions
  readonly #records: RecordRedactor
  readonly #lines: LineRedactor

  constructor(target: object, options: ConsoleOptions) {
    this.#target = target
    this.#options = options
    this.#records = recordRedactor(options)
    this.#lines = new LineRedactor(options)
  }

  /** The values are redacted before they become text, which may cut them; and then the text, which may join them. */
  formatted(args: Args, isError: boolean): string {
    return this.#text(() => formatWithOptions(this.#how(isError), ...this.values(args)))
  }

  inspected(value: unknown, how: unknown): string {
    const asked = typeof how === 'object' && how !== null ? how : {}
    return this.#text(() =>
      inspect(this.#records.redact(value), { customInspect: false, ...this.#how(false), ...asked }),
    )
  }

  /** The same label gives the same again, so that what belongs together stays so. */
  labelled(label: unknown): unknown {
    return typeof label === 'string' ? this.#lines.redact(label) : label
  }

  values(args: Args): Args {
    const redacted: unknown = this.#records.redact<unknown>(args)
    return Array.isArray(redacted) ? redacted : [marker]
  }

  #text(make: () => string): string {
    try {
      return this.#lines.redact(make())
    } catch {
      tell(this.#options.onFault)
      return marker
    }
  }

  #how(isError: boolean): InspectOptions {
    const stream: unknown = Reflect.get(this.#target, isError ? '_stderr' : '_stdout')
    const colors = typeof stream === 'object' && stream !== null && 'isTTY' in stream && stream.isTTY === true
    return { colors, ...this.#options.inspectOptions }
  }
}
