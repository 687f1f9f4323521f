// What Node loads first of the built package: enough for a line that has nothing in it. The rest takes ten times as long
// to load and comes when it is first needed; tools/front.ts puts the two together.
import { isClear } from './clear.ts'
import type { Finding, RedactOptions, ScanOptions } from './finding.ts'

interface Whole {
  readonly scan: (input: string | Uint8Array, options?: ScanOptions) => Finding[]
  readonly redact: (
    input: string | Uint8Array,
    options?: RedactOptions,
  ) => { text: string; findings: Finding[] }
}

/** `scan` and `redact`, which ask for the whole only where there may be something. */
export function fronted(whole: () => Whole): Whole {
  return {
    scan: (input, options = {}) => (isClear(input, options) ? [] : whole().scan(input, options)),
    redact: (input, options = {}) =>
      typeof input === 'string' && isClear(input, options)
        ? { text: input, findings: [] }
        : whole().redact(input, options),
  }
}

/** Stands for a class that is loaded when something is first asked of it, be it `new`, `instanceof` or `extends`. */
export function standIn<Class extends abstract new (...args: never) => object>(load: () => Class): Class
export function standIn(load: () => abstract new (...args: never) => object): object {
  // A function and no class: what it is asked for is the other's, its prototype too.
  return new Proxy(function () {}, {
    construct: (_, args, made) => Reflect.construct(load(), args, made),
    get: (_, key) => Reflect.get(load(), key),
  })
}
