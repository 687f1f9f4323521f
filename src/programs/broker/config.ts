// Reads config.toml: few settings, each with a safe default.
import { errorCode, Fault, shown } from '#base'
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { destination, type Destination } from '#wire'
import * as z from 'zod'

const shape = z.strictObject({
  console: z.strictObject({ port: z.int().min(0).max(65535).default(0) }).prefault({}),
  consent: z
    .strictObject({
      /** Seconds until a question that nobody answers is a denial. */
      timeout: z.int().min(5).max(600).default(60),
      /** Nobody sits here: what would be asked is denied at once. */
      headless: z.boolean().default(false),
      /** Ring the desktop when somebody waits. */
      doorbell: z.boolean().default(true),
      /** Questions that one assistant may raise within ten minutes. */
      flood: z.int().min(1).max(1000).default(30),
      /** Questions a day that the person is ready to answer. More are asked all the same; the review says so. */
      budget: z.int().min(1).max(1000).default(25),
    })
    .prefault({}),
  gateway: z
    .strictObject({
      /** 0: a free one, and then the same at every start. */
      port: z.int().min(0).max(65535).default(0),
      /** PEM file of certificates that upstreams may be trusted by, beside the usual ones. */
      ca: z.nullable(z.string().min(1).max(4096)).default(null),
    })
    .prefault({}),
  device: z
    .strictObject({
      /** Places for which `keyreeve token print` gives other tools a token. */
      audiences: z.array(z.string().min(1).max(2048)).max(256).default([]),
    })
    .prefault({}),
  assistants: z
    .strictObject({
      /** File names of executables below which nobody may open the console or answer. */
      known: z.array(z.string().min(1).max(128)).max(256).default(knownAssistants()),
      /** By the assistant's name: where what it reads goes to. `local`, `cloud` or `cloud:HOST`. */
      destinations: z.record(z.string().min(1).max(128), destination).default({}),
    })
    .prefault({}),
})

export type Config = z.output<typeof shape>

/** Where what an assistant reads goes to, as far as the person said. @param assistant Attacker-controlled. */
export function destinationOf({ assistants: { destinations } }: Config, assistant: string): Destination {
  return Object.hasOwn(destinations, assistant) ? (destinations[assistant] ?? 'unknown') : 'unknown'
}

/**
 * Reads the person's settings; a missing file means the defaults.
 * @throws Fault `config-invalid` naming the setting, never quoting its value.
 */
export function readConfig(file: string): Config {
  const parsed = shape.safeParse(parseToml(readText(file)))
  if (parsed.success) return parsed.data
  const place = placeOf(parsed.error.issues[0])
  throw new Fault('config-invalid', `${file}: the setting "${place}" is not understood`)

  function parseToml(text: string): unknown {
    try {
      return parse(text)
    } catch (cause) {
      throw new Fault('config-invalid', `${file} is no TOML`, { cause })
    }
  }
}

/** Where the first mistake is: a setting that is not known is named too. */
function placeOf(issue: z.core.$ZodIssue | undefined): string {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  return shown([...(issue?.path ?? []), ...unknown].join('.'), 128)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return ''
    throw new Fault('config-invalid', `${file} cannot be read`, { cause: thrown })
  }
}

/** Editors are left out: a person's own terminal often lives inside one. */
function knownAssistants(): string[] {
  return ['claude', 'Claude', 'claude-desktop', 'codex', 'gemini', 'aider', 'goose', 'opencode', 'LM Studio']
}
