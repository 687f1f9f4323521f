// edges/logging/retention.d.ts
import { type Clock } from '#base';
import { type LogOptions } from './line.ts';
import { type Seal } from './sealing.ts';
export { readSealedLog, type Problem, type SealedLines, type SealedPiece, type SealedProblem, } from './unseal.ts';
export type { Seal, Unseal } from './sealing.ts';
/** Where lines are kept, for whom, and for how long. */
export interface SealedLogOptions extends LogOptions {
    /** Folder of the log; made with mode 0700. Several processes may share it. */
    readonly dir: string;
    readonly seal: Seal;
    /** Full days that every line is kept, from 1 to 36,500. A file goes when its youngest line is that old. */
    readonly days: number;
    /** When written lines are forced onto the disk: at once, within a second, or when the system likes. Default `second`. */
    readonly sync?: 'line' | 'second' | 'never';
    /** Default: the machine's. Days are those of UTC. */
    readonly clock?: Clock;
}
/** A sink for lines: give it to pino, to a JSON lines writer, or to a stream. */
export interface SealedLog extends AsyncDisposable {
    /**
     * Redacts, seals and writes one line, or several. Never throws: what goes wrong is told to `onFault`, and the next
     * line that can be written is preceded by one that says how many were lost.
     * @returns False if the line was lost.
     */
    write(line: string): boolean;
    /** Forces what was written onto the disk. */
    flush(): void;
    /** Writes the end and closes. Lines that come later are lost. */
    close(): Promise<void>;
}
/**
 * Opens a sealed log. What was written before stays as it is, also a tail that a crash tore: this process begins a file
 * of its own.
 * @throws Fault `usage` for a recipient, a key or days that are none; `disk-full` or `internal` if the folder cannot be made.
 */
export declare function sealedLog(options: SealedLogOptions): Promise<SealedLog>;

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

// edges/logging/sealing.d.ts
import { type Secret } from '#base';
import { type KeyObject } from 'node:crypto';
/** To whom a log is sealed: an age recipient, who alone can read it, or whoever has a key of 32 bytes. */
export type Seal = {
    readonly recipient: string;
} | {
    readonly key: Secret;
};
/** What opens it: the identity of the recipient, or the key. */
export type Unseal = {
    readonly identity: string;
} | {
    readonly key: Secret;
};
/** A key that is used for one part of a log, and what gives it to whoever may read. */
export interface PartKey {
    readonly key: KeyObject;
    readonly lead: Uint8Array;
}
/** Bytes in clear. */
export declare const longestFrame: number;
/** Around the ciphertext of a frame. */
export declare const lengthBytes = 4;
export declare const tagBytes = 16;
/**
 * A fresh key for a part.
 * @throws Fault `usage` for a recipient or a key that is none.
 */
export declare function newPartKey(seal: Seal): Promise<PartKey>;
/** The key of a part that was read, or undefined where what opens it does not fit. */
export declare function openPartKey(lead: Uint8Array, unseal: Unseal): Promise<KeyObject | undefined>;
/** Binds frames to the head of their part. */
export declare function bindingOf(head: Uint8Array): Buffer;
interface Place {
    readonly key: KeyObject;
    readonly binding: Uint8Array;
    /** Number of the frame in its part. */
    readonly index: number;
    /** Nothing follows it. */
    readonly isLast: boolean;
}
/** `length u32 | ciphertext | tag`. @see NIST SP 800-38D; the nonce is that of STREAM: a counter, and whether it is the last */
export declare function sealFrame(plain: Uint8Array, place: Place): Buffer;
/** @param sealed Ciphertext and tag. @returns Undefined if it is not the frame of that place. */
export declare function openFrame(sealed: Uint8Array, place: Place): Buffer | undefined;
export {};

// edges/logging/unseal.d.ts
import { type PartName } from './parts.ts';
import { type Unseal } from './sealing.ts';
/** What is wrong with a part. What stood before it in the part was given, what follows is not. */
export type Problem = 
/** Another key or identity, or a changed head. */
'wrong-key'
/** No head of a sealed log, or one of another part. */
 | 'head-damaged'
/** A frame was changed, moved or left out. */
 | 'frame-changed'
/** The file ends within a frame: a crash, or somebody cut it. */
 | 'torn-tail'
/** The file ends without an end: it is being written, the program was killed, or somebody cut it. */
 | 'not-closed'
/** Something follows the end. */
 | 'after-end'
/** A part before the last one of its day is not there. */
 | 'part-missing';
/** Lines of a part, each with its line feed but for a last one that has none. */
export interface SealedLines extends PartName {
    readonly lines: readonly string[];
}
/** What is wrong with a part, and where in the file. */
export interface SealedProblem extends PartName {
    readonly problem: Problem;
    /** Bytes from the start of the file. */
    readonly offset: number;
}
/** What reading gives. */
export type SealedPiece = SealedLines | SealedProblem;
/**
 * Reads the parts of a sealed log in order, some lines at a time.
 * @param dir Its files are attacker-controlled. That whole days, or the last parts of a day, were deleted cannot be told.
 * @throws The system's error if a file cannot be read; Fault `usage` for a key that is none.
 */
export declare function readSealedLog(dir: string, unseal: Unseal): AsyncGenerator<SealedPiece>;

// edges/logging/parts.d.ts
import { type Milliseconds } from '#base';
/** One file of a log. */
export interface PartName {
    /** `YYYY-MM-DD`, of UTC. */
    readonly day: string;
    /** From 1 on: each start of the program, and each failure of the disk, begins another. */
    readonly part: number;
}
export declare const dayLength: Milliseconds;
/** The day of a moment. */
export declare function dayOf(now: Milliseconds): string;
export declare function fileOf({ day, part }: PartName): string;
/** The parts of a folder, in order. Other files are not looked at. */
export declare function partsIn(dir: string): PartName[];
/** The bytes that a part begins with. */
export declare function headOf({ day, part }: PartName, lead: Uint8Array): Buffer;
/** Bytes to read before the length of a head is known. */
export declare const headStart: number;
/** Length of the whole head, or undefined where there is none. @param start The first `headStart` bytes. */
export declare function headLength(start: Buffer): number | undefined;
/** What a head says. @param head All of it. */
export declare function readHead(head: Buffer): PartName & {
    readonly lead: Uint8Array;
};
