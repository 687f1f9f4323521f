// edges/logging/sentry.d.ts
import { type RecordLogOptions } from './record.ts';
/** What is sent beside an event, as it is. */
export interface Attachment {
    readonly data: string | Uint8Array;
    readonly attachmentType?: string;
}
/** Of a hint, what is read here. */
export interface Hint {
    attachments?: Attachment[];
}
/** Of Sentry's client, what is called here. */
export interface Client {
    on(hook: 'createDsc', listen: (context: {
        transaction?: string;
    }) => void): unknown;
}
/** Redacts what no hook of the options sees: the span's name that travels in the head of an envelope and in `baggage`. */
export interface OwnIntegration {
    readonly name: 'Keyreeve';
    setup(client: Client): void;
}
/** Options of `Sentry.init`. Each gives null, which drops it, for what cannot be redacted at all. */
export interface SentryOptions {
    beforeSend<Event extends object>(event: Event, hint?: Hint): Event | null;
    beforeSendTransaction<Event extends object>(event: Event, hint?: Hint): Event | null;
    beforeSendSpan<Span extends object>(span: Span): Span;
    beforeSendLog<Log extends object>(log: Log): Log | null;
    beforeSendMetric<Metric extends object>(metric: Metric): Metric | null;
    beforeBreadcrumb<Breadcrumb extends object>(breadcrumb: Breadcrumb): Breadcrumb | null;
    /** The default integrations without those that send dumps of the process's memory, and one of ours. */
    integrations<Integration extends {
        readonly name: string;
    }>(defaults: Integration[]): (Integration | OwnIntegration)[];
}
/**
 * Options for Sentry: `Sentry.init({ dsn, ...redactor() })`. All that an event, a transaction, a span, a log, a metric or
 * a breadcrumb holds is redacted: messages, stack frames with their variables, requests, extras, attachments. A hook of
 * your own goes first: `beforeSend: (event, hint) => redactor().beforeSend(yours(event), hint)`.
 */
export declare function redactor(options?: RecordLogOptions): SentryOptions;

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
