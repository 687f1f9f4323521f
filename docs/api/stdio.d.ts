// edges/logging/stdio.d.ts
import { type Readable, type Writable } from 'node:stream';
import type { LogOptions } from './line.ts';
/** Of a child process, what is read here: its pipes, null where it has none. */
export interface Child {
    readonly stdout: Readable | null;
    readonly stderr: Readable | null;
}
/** Where the output goes, usually `process`. */
export interface Outputs {
    readonly stdout: Writable;
    readonly stderr: Writable;
}
/** What a child prints, redacted; null where the child has no pipe. */
export interface RedactedStdio {
    readonly stdout: Readable | null;
    readonly stderr: Readable | null;
    /** Sends it on, and leaves the outputs open. Settles when all is out. */
    pipe(to: Outputs): Promise<void>;
}
/**
 * Redacts what a child process prints: `await redactor(spawn(…)).pipe(process)`. A secret is found however it is cut.
 * Held back is only what may still become a secret, usually the last word, until more comes or the child ends. Where
 * the redactor fails, the line is dropped, and a marker says so.
 */
export declare function redactor({ stdout, stderr }: Child, options?: LogOptions): RedactedStdio;

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
