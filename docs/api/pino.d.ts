// edges/logging/pino.d.ts
import { Writable, type Duplex } from 'node:stream';
import { type LogOptions } from './line.ts';
/** What pino writes to: `pino.destination()`, a transport, a multistream, or any stream. */
export interface Destination {
    write(line: string): unknown;
    flush?(done?: (error?: Error) => void): unknown;
    flushSync?(): unknown;
    end?(): unknown;
}
/** Options of the transport: what can travel to a worker. */
export interface TransportOptions extends Pick<LogOptions, 'threshold' | 'policy' | 'key' | 'pii'> {
    /** File to append to, or a descriptor. Default 1, the standard output. */
    readonly destination?: string | number;
    /** Known secrets, as `KnownSecrets.serialise()` wrote them. */
    readonly knownTable?: string;
    /** An organisation's own rules, as JSON that `parseRules` takes. */
    readonly rules?: unknown;
    /** Hands the lines on to the next target of a `pipeline` instead. */
    readonly isPipelined?: boolean;
}
/**
 * A destination for pino that redacts each line and hands it on: `pino({}, redactor(pino.destination(1)))`. A line without
 * a finding goes on as the same string. A line that cannot be redacted is dropped, and a line says so.
 */
export declare function redactor(destination: Destination, options?: LogOptions): Destination;
/**
 * A transport: `pino.transport({target: 'keyreeve/pino', options: {destination: 'app.log'}})`. Lines cross to the worker
 * before they are redacted; nothing else sees them.
 * @throws Fault `rule-invalid`
 */
export default function transport(options?: TransportOptions): Duplex | Writable;

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
