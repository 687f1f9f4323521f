// edges/logging/winston.d.ts
import { type RecordLogOptions } from './record.ts';
/** What winston hands from format to format. */
export interface Info {
    level: string;
    message: unknown;
    [field: string | symbol]: unknown;
}
/** A format, as `winston.format.combine` takes it. */
export interface Format {
    readonly options: object;
    transform(info: Info): Info;
}
/**
 * A format that redacts all fields, errors and the finished text: `format.combine(redactor(), format.json())`. It stands
 * best right before the format that makes the text; behind it, it redacts the text, where a name tells less of a value. What winston passes in is
 * not changed. What cannot be redacted is dropped, and a record of the same level says so.
 */
export declare function redactor(options?: RecordLogOptions): Format;

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
