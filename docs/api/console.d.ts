// edges/logging/console.d.ts
import { type InspectOptions } from 'node:util';
import { type RecordLogOptions } from './record.ts';
/** How values are printed, as `console.Console` takes it. */
export interface ConsoleOptions extends RecordLogOptions {
    readonly inspectOptions?: InspectOptions;
}
/** A console that redacts until it is restored. */
export interface RedactingConsole extends Disposable {
    /** Gives the console its own methods back, exactly as they were. A second call does nothing. */
    restore(): void;
}
/**
 * Redacts all that goes through a console from now on, format specifiers, errors and objects of any depth included;
 * what is attached to the inspector sees the same. What cannot be redacted is dropped, and a text says so. What is
 * written to `process.stdout` past the console is not seen.
 * @param target `console`, or one made by `new Console`.
 */
export declare function redactor(target: object, options?: ConsoleOptions): RedactingConsole;

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
