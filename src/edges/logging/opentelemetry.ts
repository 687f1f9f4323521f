// keyreeve/opentelemetry: redacts spans and log records before a processor hands them to its exporter.
import type { RecordRedactor } from '#redaction'
import { AttributeFilter, type AttributeOptions, type Attributes } from './attributes.ts'
import { marker, tell } from './line.ts'
import { recordRedactor, type RecordLogOptions } from './record.ts'

/** What is looked for, and which attributes may leave. */
export interface TelemetryOptions extends RecordLogOptions, AttributeOptions {}

/** Of a resource, what is read here. */
export interface Resource {
  readonly attributes: Attributes
  readonly asyncAttributesPending?: boolean
}

/** An event of a span, or a link. */
export interface Attached {
  readonly name?: string
  readonly attributes?: Attributes
}

/** Of a span, what is read here. */
export interface Span {
  readonly name: string
  readonly attributes: Attributes
  readonly events: readonly Attached[]
  readonly links: readonly Attached[]
  readonly status: { readonly code: number; readonly message?: string }
  readonly resource: Resource
}

/** As the SDK's own. */
export interface SpanProcessor {
  onStart(span: Span, context: unknown): void
  onEnding?(span: Span): void
  onEnd(span: Span): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** Of a log record, what is read here. */
export interface LogRecord {
  readonly attributes: Attributes
  readonly body?: unknown
  readonly eventName?: string
  readonly severityText?: string
  readonly resource: Resource
}

/** As the SDK's own. */
export interface LogRecordProcessor {
  onEmit(record: LogRecord, context?: unknown): void
  enabled?(options: object): boolean
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** Puts itself before processors. */
export interface TelemetryRedactor {
  /** `spanProcessors: [redactor().spans(new BatchSpanProcessor(exporter))]` */
  spans(next: SpanProcessor): SpanProcessor
  /** `processors: [redactor().logs(new BatchLogRecordProcessor({ exporter }))]` */
  logs(next: LogRecordProcessor): LogRecordProcessor
}

/**
 * Redacts what leaves through a processor: names, attributes, events, links, status messages, bodies and the resource. An
 * allow-list says which attributes leave at all; those that hold what a model was told or answered do so only if asked
 * for. What the SDK and other processors hold stays as it is. What cannot be redacted leaves without its content.
 */
export function redactor(options: TelemetryOptions = {}): TelemetryRedactor {
  const signals = new Signals(options)
  return {
    spans: (next) => new RedactingSpans(next, signals),
    logs: (next) => new RedactingLogs(next, signals),
  }
}

class RedactingSpans implements SpanProcessor {
  readonly #next: SpanProcessor
  readonly #signals: Signals

  constructor(next: SpanProcessor, signals: Signals) {
    this.#next = next
    this.#signals = signals
  }

  onStart(span: Span, context: unknown): void {
    this.#next.onStart(span, context)
  }

  onEnding(span: Span): void {
    this.#next.onEnding?.(span)
  }

  onEnd(span: Span): void {
    this.#next.onEnd(this.#signals.span(span))
  }

  async forceFlush(): Promise<void> {
    await this.#next.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#next.shutdown()
  }
}

class RedactingLogs implements LogRecordProcessor {
  readonly #next: LogRecordProcessor
  readonly #signals: Signals

  constructor(next: LogRecordProcessor, signals: Signals) {
    this.#next = next
    this.#signals = signals
  }

  onEmit(record: LogRecord, context?: unknown): void {
    this.#next.onEmit(this.#signals.record(record), context)
  }

  enabled(options: object): boolean {
    return this.#next.enabled?.(options) ?? true
  }

  async forceFlush(): Promise<void> {
    await this.#next.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#next.shutdown()
  }
}

/** Makes redacted views: a processor reads from them what it would from the original. */
class Signals {
  readonly #options: TelemetryOptions
  readonly #records: RecordRedactor
  readonly #attributes: AttributeFilter
  /** The allow-list is for what is told of an operation, not for who tells it. */
  readonly #ofResources: AttributeFilter
  /** Exporters group by the resource, so that the same must stay the same. */
  readonly #resources = new WeakMap<Resource, Resource>()

  constructor(options: TelemetryOptions) {
    this.#options = options
    this.#records = recordRedactor(options)
    this.#attributes = new AttributeFilter(options, this.#records)
    const { allow: _allow, ...rest } = options
    this.#ofResources = new AttributeFilter(rest, this.#records)
  }

  span(span: Span): Span {
    const resource = this.#resource(span.resource)
    try {
      return viewOf(span, {
        name: this.#records.redact(span.name),
        attributes: this.#attributes.filter(span.attributes),
        events: span.events.map((event) => this.#attached(event)),
        links: span.links.map((link) => this.#attached(link)),
        status: this.#records.redact(span.status),
        resource,
      })
    } catch {
      tell(this.#options.onFault)
      const status = { code: span.status.code }
      return viewOf(span, { name: marker, attributes: {}, events: [], links: [], status, resource })
    }
  }

  record(record: LogRecord): LogRecord {
    const resource = this.#resource(record.resource)
    try {
      return viewOf(record, { ...this.#contentOf(record), resource })
    } catch {
      tell(this.#options.onFault)
      return viewOf(record, { attributes: {}, body: marker, resource })
    }
  }

  #contentOf({ attributes, body, eventName, severityText }: LogRecord): Partial<LogRecord> {
    const isHidden = eventName !== undefined && this.#attributes.hides(eventName)
    return {
      attributes: this.#attributes.filter(attributes),
      body: isHidden ? undefined : this.#records.redact(body),
      ...(eventName !== undefined && { eventName: this.#records.redact(eventName) }),
      ...(severityText !== undefined && { severityText: this.#records.redact(severityText) }),
    }
  }

  #attached(attached: Attached): Attached {
    const { name, attributes } = attached
    const isHidden = name !== undefined && this.#attributes.hides(name)
    return {
      ...attached,
      ...(name !== undefined && { name: this.#records.redact(name) }),
      ...(attributes !== undefined && { attributes: isHidden ? {} : this.#attributes.filter(attributes) }),
    }
  }

  #resource(resource: Resource): Resource {
    const known = this.#resources.get(resource)
    if (known !== undefined) return known
    const view = new RedactedResource(resource, this.#ofResources).view
    this.#resources.set(resource, view)
    return view
  }
}

/** Attributes of a resource may still be on their way, so that they are redacted when they are read. */
class RedactedResource {
  readonly view: Resource
  readonly #resource: Resource
  readonly #filter: AttributeFilter
  #settled: Attributes | undefined

  constructor(resource: Resource, filter: AttributeFilter) {
    this.#resource = resource
    this.#filter = filter
    this.view = Object.create(resource, {
      attributes: { get: () => this.#attributes(), enumerable: true },
    })
  }

  #attributes(): Attributes {
    if (this.#settled !== undefined) return this.#settled
    const attributes = this.#filter.filter(this.#resource.attributes)
    if (this.#resource.asyncAttributesPending !== true) this.#settled = attributes
    return attributes
  }
}

function viewOf<Value extends object>(value: Value, changes: Partial<Value>): Value {
  return Object.create(value, Object.getOwnPropertyDescriptors(changes))
}
