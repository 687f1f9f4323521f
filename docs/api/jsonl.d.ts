// edges/logging/jsonl.d.ts
import { type RecordLogOptions } from './record.ts';
/** What lines are written to: a stream, a sealed log, anything that takes text. */
export interface LineDestination {
    write(line: string): unknown;
}
/** Takes records, one at a time. */
export interface RecordWriter {
    /** Writes one record as one line. Throws only what the destination throws. */
    write(record: unknown): void;
}
/**
 * A writer of JSON lines that redacts fields, texts and errors. A `bigint` becomes a string, an error an object of its
 * name, message, stack and cause, what refers to itself `[circular]`, and what JSON cannot say null. A record that cannot
 * be redacted is dropped, and a line says so.
 */
export declare function redactor(destination: LineDestination, options?: RecordLogOptions): RecordWriter;

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
