// Text without a secret in it: whatever a redactor takes out of it, it takes wrongly.
import { Dice } from './dice.ts'
import { type Source, sources } from './sources.ts'
import { block } from './texts.ts'

/**
 * Files that hold what a redactor must take, each looked at by a person. Paths are beneath
 * `node_modules`.
 */
const withKeys: readonly (readonly [file: RegExp, why: string])[] = [
  [/(^|\/)(tests?|__tests__|benchmarks?)\//, 'made-up passwords, written the way real ones are'],
  [/^@pinojs\/redact\/README\.md$/, 'the same: the manual of a redactor'],
  [/^hono\/dist\/(.+\/)?middleware\/basic-auth\//, 'an example with a password'],
  [/^@noble\/ciphers\/README\.md$/, 'an example with a password'],
  [/^@types\/node\/(http|https|url)\.d\.ts$/, 'addresses with a password in them'],
  [/^@sentry\/bundler-plugins\/.+\/telemetry\.js$/, "the maker's own Sentry DSN"],
  [/^sentry\/dist\/chunk-(6MUVAITC\.cjs|U7JPKXQ5\.mjs)$/, "the maker's own Sentry DSN"],
]

/** Source code, declarations and manuals of the installed packages, without those that hold real test keys. */
export function* cleanFiles(): Generator<Source> {
  for (const kind of ['code', 'types', 'markdown'] as const) {
    for (const source of sources(kind)) {
      if (!withKeys.some(([file]) => file.test(source.path))) yield source
    }
  }
}

/** Logs as they should be: ids, hashes and words such as token and key, but no credential. */
export function cleanLogs(size: number, seed: number): Buffer {
  const dice = new Dice(seed)
  const parts: Buffer[] = []
  for (let length = 0; length < size;) {
    const part = block(dice.pick(['pino', 'access', 'sse', 'git', 'lock'] as const), 16_384, dice)
    parts.push(part)
    length += part.length
  }
  return Buffer.concat(parts)
}
