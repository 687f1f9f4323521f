// edges/logging/fetch.d.ts
import type { RecordLogOptions } from './record.ts';
/** What is redacted, and on the way to and from whom. */
export interface FetchOptions extends RecordLogOptions {
    /** Hosts that get redacted bodies; `.example.com` means all below. Default: the usual hosts of models. */
    readonly hosts?: readonly string[];
    /** Redacts what these hosts answer, too. Only for `fetch`. Default false. */
    readonly hasResponses?: boolean;
}
/** As the global one. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
/** Of what undici dispatches, what is read here. */
export interface DispatchOptions {
    readonly origin?: string | URL;
    readonly headers?: unknown;
    readonly body?: unknown;
}
/** Of undici's handlers, what is called here. */
export interface DispatchHandler {
    onResponseError?(controller: unknown, error: Error): void;
}
/** As undici's. */
export type Dispatch<Options extends DispatchOptions, Handler extends DispatchHandler> = (options: Options, handler: Handler) => boolean;
/** Redacts bodies before they leave. */
export interface FetchRedactor {
    /** `new OpenAI({ fetch: redactor().fetch(fetch) })` */
    fetch(fetch: Fetch): Fetch;
    /** `setGlobalDispatcher(new Agent().compose(redactor().interceptor))` */
    readonly interceptor: <Options extends DispatchOptions, Handler extends DispatchHandler>(dispatch: Dispatch<Options, Handler>) => Dispatch<Options, Handler>;
}
/**
 * Redacts the bodies of requests to some hosts: texts, bytes, forms, streams. Headers and addresses stay as they are. A
 * body that cannot be redacted, since it is compressed or the redactor fails, is a fault, and nothing is sent.
 */
export declare function redactor(options?: FetchOptions): FetchRedactor;

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
