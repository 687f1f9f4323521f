// keyreeve/sentry: redacts what Sentry is about to send, and leaves out the dumps of memory that nobody can redact.
import type { RecordRedactor } from '#redaction'
import { marker } from './line.ts'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** What is sent beside an event, as it is. */
export interface Attachment {
  readonly data: string | Uint8Array
  readonly attachmentType?: string
}

/** Of a hint, what is read here. */
export interface Hint {
  attachments?: Attachment[]
}

/** Of Sentry's client, what is called here. */
export interface Client {
  on(hook: 'createDsc', listen: (context: { transaction?: string }) => void): unknown
}

/** Redacts what no hook of the options sees: the span's name that travels in the head of an envelope and in `baggage`. */
export interface OwnIntegration {
  readonly name: 'Keyreeve'
  setup(client: Client): void
}

/** Options of `Sentry.init`. Each gives null, which drops it, for what cannot be redacted at all. */
export interface SentryOptions {
  beforeSend<Event extends object>(event: Event, hint?: Hint): Event | null
  beforeSendTransaction<Event extends object>(event: Event, hint?: Hint): Event | null
  beforeSendSpan<Span extends object>(span: Span): Span
  beforeSendLog<Log extends object>(log: Log): Log | null
  beforeSendMetric<Metric extends object>(metric: Metric): Metric | null
  beforeBreadcrumb<Breadcrumb extends object>(breadcrumb: Breadcrumb): Breadcrumb | null
  /** The default integrations without those that send dumps of the process's memory, and one of ours. */
  integrations<Integration extends { readonly name: string }>(
    defaults: Integration[],
  ): (Integration | OwnIntegration)[]
}

const dumping = new Set(['SentryMinidump', 'ElectronMinidump'])

/** Without these, Sentry would not take what stands for something that could not be redacted. */
const structural = [
  'event_id',
  'type',
  'timestamp',
  'platform',
  'level',
  'trace_id',
  'span_id',
  'parent_span_id',
  'status',
] as const
const times = ['start_timestamp', 'end_timestamp', 'is_segment'] as const
const structuralValue = /^[\w-]{1,32}$/

/**
 * Options for Sentry: `Sentry.init({ dsn, ...redactor() })`. All that an event, a transaction, a span, a log, a metric or
 * a breadcrumb holds is redacted: messages, stack frames with their variables, requests, extras, attachments. A hook of
 * your own goes first: `beforeSend: (event, hint) => redactor().beforeSend(yours(event), hint)`.
 */
export function redactor(options: RecordLogOptions = {}): SentryOptions {
  const records = recordRedactor(options)
  const redact = <Value extends object>(value: Value): Value | null => redactedOrNull(value, records)
  const redactEvent = <Event extends object>(event: Event, hint?: Hint): Event | null => {
    redactAttachments(hint, records)
    return redact(event)
  }
  return {
    beforeSend: redactEvent,
    beforeSendTransaction: redactEvent,
    beforeSendSpan: (span) => redact(span) ?? emptied(span),
    beforeSendLog: redact,
    beforeSendMetric: redact,
    beforeBreadcrumb: redact,
    integrations: (defaults) => [
      ...defaults.filter(({ name }) => !dumping.has(name)),
      ownIntegration(records),
    ],
  }
}

function ownIntegration(records: RecordRedactor): OwnIntegration {
  return {
    name: 'Keyreeve',
    setup(client) {
      client.on('createDsc', (context) => {
        if (context.transaction !== undefined) context.transaction = records.redact(context.transaction)
      })
    },
  }
}

function redactedOrNull<Value extends object>(value: Value, records: RecordRedactor): Value | null {
  try {
    return redacted(value, records)
  } catch {
    return null
  }
}

function redacted<Value extends object>(value: Value, records: RecordRedactor): Value | null {
  // Sentry's own notes beside an event hold live objects, and are taken off before it is sent.
  const { sdkProcessingMetadata: notes, ...content } = { sdkProcessingMetadata: undefined, ...value }
  const output: unknown = records.redact<unknown>(content)
  if (!isLike(output, value)) return null
  for (const key of structural) restore(output, value, key)
  return notes === undefined ? output : Object.assign(output, { sdkProcessingMetadata: notes })
}

/** A redacted value has the shape of the value, where it is none of the markers. */
function isLike<Value extends object>(output: unknown, value: Value): output is Value {
  return typeof output === typeof value && output !== null
}

function restore(output: object, value: object, key: string): void {
  const before: unknown = Reflect.get(value, key)
  if (Reflect.get(output, key) !== marker || typeof before !== 'string') return
  if (structuralValue.test(before)) Reflect.set(output, key, before)
}

function redactAttachments(hint: Hint | undefined, records: RecordRedactor): void {
  if (hint?.attachments === undefined) return
  hint.attachments = hint.attachments
    .filter(({ attachmentType }) => attachmentType !== 'event.minidump')
    .map((attachment) => ({ ...attachment, data: dataOf(records.redact<unknown>(attachment.data)) }))
}

function dataOf(redacted: unknown): string | Uint8Array {
  return redacted instanceof Uint8Array ? redacted : String(redacted)
}

/** Sentry sends a span as it is where it gets no span back, or an error. */
function emptied<Value extends object>(span: Value): Value {
  const output: object = { name: marker, attributes: {}, data: {} }
  for (const key of [...structural, ...times]) Reflect.set(output, key, Reflect.get(span, key))
  return isLike(output, span) ? output : span
}
