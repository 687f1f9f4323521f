// edges/logging/opentelemetry.d.ts
import { type AttributeOptions, type Attributes } from './attributes.ts';
import { type RecordLogOptions } from './record.ts';
/** What is looked for, and which attributes may leave. */
export interface TelemetryOptions extends RecordLogOptions, AttributeOptions {
}
/** Of a resource, what is read here. */
export interface Resource {
    readonly attributes: Attributes;
    readonly asyncAttributesPending?: boolean;
}
/** An event of a span, or a link. */
export interface Attached {
    readonly name?: string;
    readonly attributes?: Attributes;
}
/** Of a span, what is read here. */
export interface Span {
    readonly name: string;
    readonly attributes: Attributes;
    readonly events: readonly Attached[];
    readonly links: readonly Attached[];
    readonly status: {
        readonly code: number;
        readonly message?: string;
    };
    readonly resource: Resource;
}
/** As the SDK's own. */
export interface SpanProcessor {
    onStart(span: Span, context: unknown): void;
    onEnding?(span: Span): void;
    onEnd(span: Span): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
/** Of a log record, what is read here. */
export interface LogRecord {
    readonly attributes: Attributes;
    readonly body?: unknown;
    readonly eventName?: string;
    readonly severityText?: string;
    readonly resource: Resource;
}
/** As the SDK's own. */
export interface LogRecordProcessor {
    onEmit(record: LogRecord, context?: unknown): void;
    enabled?(options: object): boolean;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}
/** Puts itself before processors. */
export interface TelemetryRedactor {
    /** `spanProcessors: [redactor().spans(new BatchSpanProcessor(exporter))]` */
    spans(next: SpanProcessor): SpanProcessor;
    /** `processors: [redactor().logs(new BatchLogRecordProcessor({ exporter }))]` */
    logs(next: LogRecordProcessor): LogRecordProcessor;
}
/**
 * Redacts what leaves through a processor: names, attributes, events, links, status messages, bodies and the resource. An
 * allow-list says which attributes leave at all; those that hold what a model was told or answered do so only if asked
 * for. What the SDK and other processors hold stays as it is. What cannot be redacted leaves without its content.
 */
export declare function redactor(options?: TelemetryOptions): TelemetryRedactor;

// edges/logging/attributes.d.ts
import type { RecordRedactor } from '#redaction';
/** Which attributes leave as they are, but for what is redacted in them. */
export interface AttributeOptions {
    /** Names that may leave; one that ends with `*` means all that begin so. Default: all. */
    readonly allow?: readonly string[];
    /** What becomes of the others. Default `drop`. A hash is keyed: equal values give equal ones, and no more is told. */
    readonly others?: 'drop' | 'hash';
    /** Lets the content of model calls leave, redacted: prompts, answers, arguments and results of tools. Default false. */
    readonly hasContent?: boolean;
    /** Key of the hashes. Default: random, made once per process. */
    readonly key?: Uint8Array;
}
export type Attributes = Record<string, unknown>;
/** Attributes of spans, events, links, resources and log records. */
export declare class AttributeFilter {
    #private;
    constructor(options: AttributeOptions, records: RecordRedactor);
    /** A redacted copy. Names are redacted as well. */
    filter(attributes: Readonly<Attributes>): Attributes;
    /** True if a name stands for what a model was told or answered, and that may not leave. */
    hides(name: string): boolean;
}

// edges/logging/record.d.ts
import { RecordRedactor, type RecordOptions } from '#redaction';
import { type LogOptions } from './line.ts';
/** What the adapters take that see a record before it is text. */
export interface RecordLogOptions extends LogOptions, Pick<RecordOptions, 'keys' | 'limits'> {
}
/** Proxies are copied: they could show one thing to us and another to the sink. */
export declare function recordRedactor(options: RecordLogOptions): RecordRedactor;

// edges/logging/line.d.ts
import { Fault } from '#base';
import { type ScanOptions } from '#redaction';
/** What every adapter takes. */
export interface LogOptions extends ScanOptions {
    /** Hears of a fault of the redactor itself, which holds nothing of what was logged. May not throw. */
    readonly onFault?: (fault: Fault) => void;
}
/** Stands where something was dropped since it could not be redacted. */
export declare const marker: "[unredacted: dropped]";
/** Redacts lines, each by itself. */
export declare class LineRedactor {
    #private;
    constructor(options: LogOptions);
    /**
     * The line with secrets masked, or the very same where there are none. JSON stays JSON. Never throws.
     * @param line Attacker-controlled, with or without its line feed.
     */
    redact(line: string): string;
    /** What stands for a line that is dropped; tells of the fault. */
    drop(line: string): string;
}
/**
 * Tells whoever listens of a fault. A listener that fails does not break the app, and one that logs through what failed
 * is not told again.
 */
export declare function tell(onFault: LogOptions['onFault'], fault?: Fault): void;
