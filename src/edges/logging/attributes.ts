// Decides which attributes of a span or a log record may leave, and redacts those.
import type { RecordRedactor } from '#redaction'
import { createHmac, randomBytes } from 'node:crypto'

/** Which attributes leave as they are, but for what is redacted in them. */
export interface AttributeOptions {
  /** Names that may leave; one that ends with `*` means all that begin so. Default: all. */
  readonly allow?: readonly string[]
  /** What becomes of the others. Default `drop`. A hash is keyed: equal values give equal ones, and no more is told. */
  readonly others?: 'drop' | 'hash'
  /** Lets the content of model calls leave, redacted: prompts, answers, arguments and results of tools. Default false. */
  readonly hasContent?: boolean
  /** Key of the hashes. Default: random, made once per process. */
  readonly key?: Uint8Array
}

export type Attributes = Record<string, unknown>

/**
 * What models are told and answer. Their names are those of today's conventions and of those before, which also numbered
 * the messages.
 * @see OpenTelemetry semantic conventions for generative AI: recording of inputs, instructions and outputs is opt-in
 */
const contentNames = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.retrieval.documents',
  'gen_ai.retrieval.query.text',
  'gen_ai.evaluation.explanation',
  'gen_ai.prompt',
  'gen_ai.completion',
  'gen_ai.content',
  'llm.prompts',
  'llm.completions',
  'llm.input_messages',
  'llm.output_messages',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'input.value',
  'output.value',
]
/** A name of `gen_ai.prompt.…` that is no prompt. */
const noContent = new Set(['gen_ai.prompt.name', 'gen_ai.prompt.version', 'gen_ai.prompt.id'])
/** Events whose whole body is content. */
const contentEvents = /^gen_ai\.(?:\w+\.message|choice|content\.\w+)$/

/** 64 bits tell values apart, and give next to nothing to whoever guesses without the key. */
const hashBytes = 8
const domain = 'keyreeve/attributes/v1\0'
let processKey: Uint8Array | undefined

/** Attributes of spans, events, links, resources and log records. */
export class AttributeFilter {
  readonly #options: AttributeOptions
  readonly #records: RecordRedactor
  readonly #names: ReadonlySet<string>
  readonly #beginnings: readonly string[]

  constructor(options: AttributeOptions, records: RecordRedactor) {
    const allow = options.allow ?? []
    this.#options = options
    this.#records = records
    this.#names = new Set(allow)
    this.#beginnings = allow.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))
  }

  /** A redacted copy. Names are redacted as well. */
  filter(attributes: Readonly<Attributes>): Attributes {
    const entries = Object.entries(attributes).flatMap(([name, value]) => this.#entry(name, value))
    const redacted: unknown = this.#records.redact<unknown>(Object.fromEntries(entries))
    return isAttributes(redacted) ? redacted : {}
  }

  /** True if a name stands for what a model was told or answered, and that may not leave. */
  hides(name: string): boolean {
    return this.#options.hasContent !== true && (contentEvents.test(name) || isContent(name))
  }

  #entry(name: string, value: unknown): [name: string, value: unknown][] {
    if (this.hides(name)) return []
    if (this.#allows(name)) return [[name, value]]
    return this.#options.others === 'hash' ? [[name, this.#hash(value)]] : []
  }

  #allows(name: string): boolean {
    if (this.#options.allow === undefined || this.#names.has(name)) return true
    return this.#beginnings.some((beginning) => name.startsWith(beginning))
  }

  #hash(value: unknown): string {
    processKey ??= randomBytes(32)
    const spelled = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    const mac = createHmac('sha256', this.#options.key ?? processKey)
      .update(domain)
      .update(spelled)
    return `[hash:${mac.digest('hex').slice(0, 2 * hashBytes)}]`
  }
}

function isContent(name: string): boolean {
  return !noContent.has(name) && contentNames.some((known) => name === known || name.startsWith(`${known}.`))
}

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null
}
