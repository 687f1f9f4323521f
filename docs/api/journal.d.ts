// api/lib/journal.d.ts
export { DurableIntent, openLog, type Entry, type JournalEvent, type Log, type LogKeys, type OpenOptions, } from '#journal';
export { openProof, proveEvent, verifyLog, type Problem, type ProblemCode, type Verification, type VerifyOptions, } from '#verify';

// edges/journal/index.d.ts
export { DurableIntent } from './intent.ts';
export type { Asker, ClockRollbackEvent, Consent, ConsentEvent, Deed, DenialEvent, Entry, EventObject, FleetEvent, GrantEvent, HeartbeatEvent, IntentEvent, IssuedEvent, JournalEvent, LifecycleEvent, OutcomeEvent, PasskeyEvent, RecoveryEvent, RefusalEvent, RevocationEvent, PolicyEvent, SecretEvent, } from './events.ts';
export { Log } from './log.ts';
export { openLog, type LogKeys, type OpenOptions } from './open.ts';

// edges/journal/intent.d.ts
/** Makes a proof. Only the log may: the door of this room does not export it. */
export declare let makeDurableIntent: (index: number) => DurableIntent;
/**
 * Proof that the journal holds the intent on disk. Nothing else can make one, so holding one is the permission to act.
 */
export declare class DurableIntent {
    #private;
    /** Index of the intent in the log. */
    readonly index: number;
    private constructor();
    /** True for a proof that a log made in this process; a look-alike from JSON is none. */
    static is(value: unknown): value is DurableIntent;
}

// edges/journal/events.d.ts
import type { FaultCode, Json } from '#base';
import type { Receipt } from '#receipts';
/** Who asked, as the system proves it. */
export type Asker = {
    readonly assistant: string;
    readonly pid: number;
    readonly executable: string;
    /** Program that started the assistant; null where none was found. */
    readonly launcher: string | null;
    /** Where what it reads goes to, by the person's settings. */
    readonly destination?: string;
};
/** What was asked for. */
export type Deed = 'read' | 'list' | 'edit' | 'grant' | 'call';
/** What a request was about. */
export type EventObject = {
    readonly path: string;
    /** Device and inode, where the object was opened. */
    readonly identity?: {
        readonly device: string;
        readonly inode: string;
    };
    /** What it holds by its name and its content; left out where that is nothing of note. */
    readonly classes?: readonly string[];
};
/** Which consent stood behind a decision. */
export type Consent = {
    /** 0 none was needed, 1 click, 2 passkey, 3 two persons. */
    readonly level: 0 | 1 | 2 | 3;
    readonly method: string;
    /** Milliseconds since 1970; null where nobody was asked. */
    readonly answeredAt: number | null;
    /** Digest of the card that was shown. */
    readonly card?: string;
    /** At level 2: what a passkey signed. */
    readonly receipt?: Receipt;
};
/** Recorded before the effect. Without an `outcome` for its index it says that the end is not known. */
export type IntentEvent = {
    readonly v: 1;
    readonly kind: 'intent';
    readonly who: Asker;
    readonly what: Deed;
    readonly object: EventObject;
    /** Line ranges from 1, both ends inclusive. */
    readonly lines?: readonly (readonly [from: number, to: number])[];
    /** What will leave: its hash (lower-case hex), size, and how much was masked. Never the content. */
    readonly released?: {
        readonly sha256: string;
        readonly bytes: number;
        readonly redactions: number;
    };
    /** An edit: its id, and hashes of the file before and after it. What `released` speaks of is the diff that was shown. */
    readonly edit?: {
        readonly id: string;
        readonly before: string;
        readonly after: string;
    };
    readonly why: {
        readonly decision: string;
        readonly policies: readonly string[];
        readonly grant?: string;
        readonly consent: Consent;
    };
};
/** What became of an intent. */
export type OutcomeEvent = {
    readonly v: 1;
    readonly kind: 'outcome';
    /** Index of the intent. */
    readonly intent: number;
    readonly result: 'delivered' | 'undelivered' | 'failed';
    readonly code?: FaultCode;
};
/** What the gateway did under one intent: hashes and sizes, never prompts or answers. */
type CallsEvent = {
    readonly v: 1;
    readonly kind: 'calls';
    /** Index of the intent that allowed them. */
    readonly intent: number;
    readonly calls: readonly {
        readonly status: number;
        /** Milliseconds. */
        readonly took: number;
        readonly sent: {
            readonly bytes: number;
            readonly sha256: string | null;
        };
        readonly received: {
            readonly bytes: number;
            readonly sha256: string | null;
        };
        readonly tokens?: {
            readonly input: number;
            readonly output: number;
            readonly isEstimated: boolean;
        };
        readonly cost?: number;
        readonly code?: string;
        readonly isProbing?: true;
    }[];
};
/** A secret was about to come back to a client, and was masked. */
type ExposureEvent = {
    readonly v: 1;
    readonly kind: 'exposure';
    readonly intent: number;
    /** Keyed hash of the secret's name. */
    readonly name: string;
};
/** A route to an API was set or removed by a person. */
type RouteEvent = {
    readonly v: 1;
    readonly kind: 'route';
    readonly what: 'set' | 'remove' | 'stop' | 'resume';
    /** `*`: all of them. */
    readonly route: string;
    readonly baseUrl?: string;
};
/** A phantom token was given to an assistant, or ended; never the token. */
type PhantomEvent = {
    readonly v: 1;
    readonly kind: 'phantom';
    readonly what: 'issue' | 'end';
    readonly phantom: string;
    readonly assistant: string;
    readonly route: string;
    readonly expiresAt?: number | null;
    readonly reason?: string;
};
/** Something was refused, and why. */
export type DenialEvent = {
    readonly v: 1;
    readonly kind: 'denial';
    readonly who: Asker;
    readonly what: Deed;
    readonly object: EventObject;
    readonly code: FaultCode;
    readonly policies: readonly string[];
};
/** A person answered a card, or nobody did. */
export type ConsentEvent = {
    readonly v: 1;
    readonly kind: 'consent';
    /** Digest of the card. */
    readonly card: string;
    readonly decision: 'allowed' | 'denied' | 'timed-out' | 'withdrawn';
    /** Where the person answered; `time-out`, `withdrawal` or `closing` where nobody did. */
    readonly method: string;
    readonly assistant: string;
    readonly destination: string;
    readonly asked: 'read' | 'list' | 'access' | 'edit' | 'call';
    /** As they stood on the card; those beyond 15,000 characters are left out. */
    readonly paths: readonly string[];
    readonly classes: readonly string[];
    /** How far it was allowed. */
    readonly scope?: string;
};
/** A right was given for longer than once. */
export type GrantEvent = {
    readonly v: 1;
    readonly kind: 'grant';
    readonly grant: string;
    readonly assistant: string;
    readonly scope: string;
    readonly path: string;
    readonly expiresAt: number;
    readonly method: string;
};
/** A right ended before its time. */
export type RevocationEvent = {
    readonly v: 1;
    readonly kind: 'revocation';
    readonly grant: string;
    readonly reason: string;
};
/** A person takes an edit back. Recorded before it is done. */
type UndoEvent = {
    readonly v: 1;
    readonly kind: 'undo';
    readonly edit: string;
};
/** The house was opened or shut. */
export type LifecycleEvent = {
    readonly v: 1;
    readonly kind: 'lifecycle';
    readonly what: 'start' | 'stop' | 'unlock' | 'lock';
    readonly version?: string;
    /** Version of the policies in force, at a start. */
    readonly policy?: string;
    /** Fingerprints of the passkeys that are enrolled, at an unlock. */
    readonly passkeys?: readonly string[];
    /** Requests that were refused while there was no key to record them with. */
    readonly deniedWhileLocked?: number;
};
/** The policies were read anew: taken, or refused, and then `version` is the one that stays. */
export type PolicyEvent = {
    readonly v: 1;
    readonly kind: 'policy';
    readonly what: 'loaded' | 'refused';
    /** SHA-256 over schema and texts, lower-case hex. */
    readonly version: string;
    readonly code?: FaultCode;
};
/** A person changed a file of the policies. Recorded before it is written; what was there is kept under its hash. */
type PolicyChangeEvent = {
    readonly v: 1;
    readonly kind: 'policy.change';
    readonly file: string;
    /** SHA-256 of the texts, lower-case hex; null where there was no file. */
    readonly before: string | null;
    readonly after: string;
};
/** A secret of the vault was set or removed. */
export type SecretEvent = {
    readonly v: 1;
    readonly kind: 'secret';
    readonly what: 'set' | 'remove';
    /** Keyed hash of the secret's name. */
    readonly name: string;
};
/** A passkey came or went, or signed a person in. Public keys are recorded, so that receipts can be checked by the log alone. */
export type PasskeyEvent = {
    readonly v: 1;
    readonly kind: 'passkey';
    readonly what: 'add' | 'remove' | 'sign-in';
    /** Fingerprint: SHA-256 of the public key. */
    readonly passkey: string;
    readonly label: string;
    /** COSE number and SPKI, base64url. */
    readonly algorithm: number;
    readonly publicKey: string;
    /** On whose word it came or went: the first on that of a person at a terminal. */
    readonly by?: 'first' | 'recovery-code' | 'passkey';
    /** What the enrolled passkey signed. */
    readonly receipt?: Receipt;
};
/** A connection that was refused before anything was asked: by its credentials, or because nobody could tell them. */
export type RefusalEvent = {
    readonly v: 1;
    readonly kind: 'refusal';
    readonly code: FaultCode;
};
/** A frame that was not finished when the program or the machine stopped was dropped. Nothing in it was acknowledged. */
export type RecoveryEvent = {
    readonly v: 1;
    readonly kind: 'recovery';
    readonly droppedBytes: number;
    /** Of the dropped bytes, lower-case hex. */
    readonly sha256: string;
};
/** The wall clock went back: the next event is older than the one before, by the clock. */
export type ClockRollbackEvent = {
    readonly v: 1;
    readonly kind: 'clock-rollback';
    readonly from: number;
    readonly to: number;
};
/** Recorded every hour while the log is open, so that suppression shows as a gap. */
export type HeartbeatEvent = {
    readonly v: 1;
    readonly kind: 'heartbeat';
};
/** This machine became a device of an organisation, was attested anew, or is none any more. */
type DeviceEvent = {
    readonly v: 1;
    readonly kind: 'device';
    readonly what: 'enrol' | 'renew' | 'forget' | 'revoked';
    readonly issuer: string;
    readonly device: string;
    /** What the issuer signed, where it revoked the device. */
    readonly statement?: string;
};
/** A token of minutes was given to a tool that cannot ask for one itself. Recorded before it is given; never the token. */
type TokenEvent = {
    readonly v: 1;
    readonly kind: 'token';
    readonly audience: string;
    readonly scope: string;
};
/** Something happened to an organisation's devices, people or keys. Recorded by its token server. */
export type FleetEvent = {
    readonly v: 1;
    readonly kind: 'fleet';
    /** `enrol`, `approve`, `revoke`, `quarantine`, `propose`, `release`, `suspend`, `deny`, `key` and their like. */
    readonly what: string;
    /** What it happened to, each by its id. */
    readonly tenant?: string;
    readonly user?: string;
    readonly device?: string;
    readonly key?: string;
    /** Administrator who did it; left out where the server did. */
    readonly by?: string;
    readonly reason?: string;
    /** Why it was refused. */
    readonly code?: FaultCode;
    /** Number in the feed of denials. */
    readonly seq?: number;
    readonly receipt?: Receipt;
};
/** How many tokens a server issued and refused since it last said so: what a stolen signing key issues is not in here. */
export type IssuedEvent = {
    readonly v: 1;
    readonly kind: 'issued';
    readonly issued: number;
    readonly refused: number;
};
/** Everything that is recorded. */
export type JournalEvent = IntentEvent | OutcomeEvent | CallsEvent | ExposureEvent | RouteEvent | PhantomEvent | DenialEvent | ConsentEvent | GrantEvent | RevocationEvent | UndoEvent | LifecycleEvent | PolicyEvent | PolicyChangeEvent | SecretEvent | PasskeyEvent | RefusalEvent | RecoveryEvent | ClockRollbackEvent | HeartbeatEvent | DeviceEvent | TokenEvent | FleetEvent | IssuedEvent;
/** One event as it is read back. */
export interface Entry {
    readonly index: number;
    /** Milliseconds since 1970-01-01 UTC, by the wall clock of the writer. */
    readonly time: number;
    /** With `elapsed`, the writer's monotonic clock in milliseconds. Null: the payload or its key was deleted. */
    readonly event: Readonly<Record<string, Json>> | null;
}
export {};

// edges/journal/log.d.ts
import { Fault, type Clock } from '#base';
import { type GrowingTree } from '#tlog';
import type { Entry, JournalEvent } from './events.ts';
import { type DurableIntent } from './intent.ts';
import type { Publisher } from './publish.ts';
import type { Ratchet } from './ratchet.ts';
import type { EntryReader } from './read.ts';
import type { FrameWriter } from './writer.ts';
/** What `openLog` puts together. */
export interface LogParts {
    readonly vkey: string;
    readonly origin: string;
    readonly clock: Clock;
    readonly tree: GrowingTree;
    readonly writer: FrameWriter;
    readonly publisher: Publisher;
    readonly reader: EntryReader;
    readonly ratchet: Ratchet;
    readonly lastTime: number;
    readonly unlock: () => void;
}
/** An append-only log in a folder. One process writes it; made by `openLog`. */
export declare class Log {
    #private;
    /** Number of durable events. */
    get size(): number;
    /** Root of the tree of all durable events, base64. */
    get root(): string;
    /** Why the log takes nothing any more; null while it does. */
    get failure(): Fault | null;
    /** Name of the log in its checkpoints. */
    get origin(): string;
    /** Public key of the log, as text. @see C2SP signed-note, "Verifier keys" */
    get vkey(): string;
    /**
     * Appends an event. Events that come while a commit is under way share the next one.
     * @returns Its index, once it is on disk under a signed checkpoint.
     * @throws Fault `message-invalid` for an event of more than 60,000 bytes; `journal-unwritable` if it is not on disk.
     *   After an error of the disk that is so for every later event, until the log is opened again; without a key for
     *   the day it is so until there is one.
     */
    append(event: JournalEvent): Promise<number>;
    /** Appends as `append` does, and gives the proof that what was intended is on record. */
    intend(event: JournalEvent): Promise<DurableIntent>;
    /**
     * Reads one event.
     * @throws Fault `journal-unknown-entry` if there is none with this index; `journal-corrupt` if it cannot be opened
     *   although its key is there.
     */
    read(index: number): Promise<Entry>;
    /** Reads up to `limit` events that are older than `before` (all by default), newest first. */
    list({ before, limit }: {
        before?: number;
        limit: number;
    }): Promise<Entry[]>;
    /** Writes tiles and checkpoint for all events so far. @throws Fault `journal-unwritable` */
    publish(): Promise<void>;
    /** Commits what waits, publishes, and gives the folder free. Later appends are refused. */
    close(): Promise<void>;
}

// edges/journal/publish.d.ts
import { type GrowingTree, type NoteSigner, type TileData } from '#tlog';
export declare class Publisher {
    #private;
    constructor(folder: string, signer: NoteSigner);
    /** Goes on after a checkpoint of this size, which is published. */
    resume(size: number): void;
    /** Size of the published checkpoint. */
    get size(): number;
    /** Takes a tile that became full; it is written with the next publication. */
    collect(tile: TileData): void;
    /**
     * Writes the tiles, then the checkpoint that needs them. Everything in `tree` must be durable in segments.
     * Not to be called again before it has ended.
     */
    publish(tree: GrowingTree): Promise<void>;
}
/** The signed checkpoint that is published, without extension lines. */
export declare function checkpointOf(signer: NoteSigner, size: number, root: Uint8Array): string;

// edges/journal/ratchet.d.ts
import { Secret } from '#base';
/**
 * One MAC for each frame, each with a key of its own: k becomes SHA-256("evolve" || k) and the old one is zeroed.
 * Whoever was given the first key of a session checks them all.
 */
export declare class Ratchet {
    #private;
    /** @param first Is taken over: the caller's secret is wiped. */
    constructor(first: Secret);
    /** HMAC-SHA-256 over the parts, one after the other. The key that made it is gone when this returns. */
    mac(...parts: readonly Uint8Array[]): Buffer;
    /** Zeroes the key. */
    wipe(): void;
}

// edges/journal/read.d.ts
import { type Secret } from '#base';
import { type ReadTile } from '#tlog';
import type { Entry } from './events.ts';
import type { Segment } from './segments.ts';
interface ReaderParts {
    readonly segments: readonly Segment[];
    readonly dayKey: (day: number) => Promise<Secret | null>;
    readonly readTile: ReadTile;
    /** Size of the published checkpoint. */
    readonly published: () => number;
}
export declare class EntryReader {
    #private;
    constructor(parts: ReaderParts);
    /**
     * Gives the event and the others of its frame that stand before it, newest first: they were sealed together.
     * @param index Less than the size of the log.
     * @throws Fault `journal-corrupt` if what is there cannot be opened or is not what the log committed to.
     */
    backFrom(index: number): Promise<Entry[]>;
}
export {};

// edges/journal/segments.d.ts
import type { Frame } from './frame.ts';
import { type SegmentHeader } from './header.ts';
/** Where a frame lies in its segment. */
export type FramePlace = Pick<Frame, 'at' | 'firstIndex' | 'count'> & {
    readonly length: number;
};
export interface Segment {
    readonly header: SegmentHeader;
    readonly path: string;
    /** Known for the segment that is being written; others are looked through when they are read. */
    frames?: FramePlace[];
}
/**
 * Reads the header of every segment. Files with another ending are passed over.
 * @returns By number.
 * @throws Fault `journal-corrupt` if a file is named like a segment and is none: nobody writes on beside what he cannot
 *   read.
 */
export declare function listSegments(folder: string): Segment[];

// edges/journal/frame.d.ts
import { type NoteVerifier } from '#tlog';
export declare const frameHeaderBytes = 64;
export declare const tagBytes = 16;
/** A frame as it lies in a segment; its arrays are views of the segment's bytes. */
export interface Frame {
    /** Offset in the segment. */
    readonly at: number;
    readonly bytes: Buffer;
    /** Number of events. */
    readonly count: number;
    readonly firstIndex: number;
    /** Counts the frames of a session from 0. */
    readonly number: number;
    /** Link of the frame before, or, in the first frame, the hash of the segment's header. */
    readonly previous: Buffer;
    readonly leaves: Buffer;
    /** Ciphertext and tag. */
    readonly sealed: Buffer;
    readonly mac: Buffer;
    /** The signed checkpoint. */
    readonly note: Buffer;
}
export type FrameFields = Pick<Frame, 'count' | 'firstIndex' | 'number' | 'previous'> & {
    readonly sealedBytes: number;
    readonly noteBytes: number;
};
/** Header of a frame: `"KRVF" | length u32 | count u32 | sealed u32 | firstIndex u64 | number u64 | previous 32`. */
export declare function encodeFrameHeader(fields: FrameFields): Buffer;
/**
 * Reads the frame at an offset by its lengths alone; nothing is said of its truth.
 * @param segment Attacker-controlled.
 * @returns Undefined if there is none, or its lengths do not fit each other or the segment.
 */
export declare function parseFrame(segment: Buffer, at: number): Frame | undefined;
/** Hash of all before the note: what the note signs. */
export declare function frameDigest(frame: Frame): Buffer;
/** What the next frame of the segment carries as `previous`: covers the digest and the note. */
export declare function frameLink(digest: Uint8Array, note: Uint8Array): Buffer;
export interface FrameHead {
    readonly origin: string;
    /** Entries after this frame. */
    readonly size: number;
    readonly root: Uint8Array;
}
/** Text that a frame's note signs: the checkpoint after this frame, and the frame's digest in an extension line. */
export declare function frameText(head: FrameHead, digest: Uint8Array): string;
/** Bytes of the note that signs `frameText`, known before the digest is. */
export declare function frameNoteBytes(origin: string, size: number): number;
/** True if the frame is what its own note says. The note's signature is not looked at. */
export declare function isIntact(frame: Frame, digest?: Buffer<ArrayBufferLike>): boolean;
/** True if the log's key signed this frame as it stands. Says nothing of where it belongs. */
export declare function isGenuine(frame: Frame, verifier: NoteVerifier, digest?: Buffer<ArrayBufferLike>): boolean;
/**
 * Finds a frame that the log's key signed, at `from` or after it: what makes a torn tail impossible.
 * @param segment Attacker-controlled.
 */
export declare function findGenuineFrame(segment: Buffer, from: number, verifier: NoteVerifier): Frame | undefined;
/** Bytes that a frame of this many events and payload bytes takes. */
export declare function frameBytes(fields: {
    count: number;
    plainBytes: number;
    noteBytes: number;
}): number;

// edges/journal/header.d.ts
export declare const segmentHeaderBytes = 64;
/** A segment never grows beyond this, so that a reader may hold one whole. */
export declare const longestSegment: number;
export declare const sessionBytes = 16;
export interface SegmentHeader {
    /** Counts the segments of a log from 0. */
    readonly number: number;
    /** Days since 1970-01-01 UTC: names the key. */
    readonly day: number;
    /** Index of the first event in it. */
    readonly firstIndex: number;
    /** Number, within the session, of the first frame in it. */
    readonly firstFrame: number;
    /** 16 bytes, random for each start of the writer. */
    readonly session: Uint8Array;
}
/** Integers big endian: `"KRVSEG" | version u16 | number u64 | day u32 | 0 u32 | firstIndex u64 | firstFrame u64 | session 16 | 0 u64`. */
export declare function encodeSegmentHeader(header: SegmentHeader): Buffer;
/**
 * @param bytes Attacker-controlled; more than the header may follow.
 * @returns Undefined for anything that `encodeSegmentHeader` would not have written.
 */
export declare function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined;

// edges/journal/writer.d.ts
import { type Random, type Secret } from '#base';
import { type GrowingTree, type NoteSigner } from '#tlog';
import type { Ratchet } from './ratchet.ts';
import type { Segment } from './segments.ts';
interface WriterParts {
    readonly folder: string;
    readonly signer: NoteSigner;
    readonly session: Uint8Array;
    readonly ratchet: Ratchet;
    readonly dayKey: (day: number) => Promise<Secret | null>;
    readonly random: Random;
    readonly tree: GrowingTree;
    /** Those that are there; new ones are added. */
    readonly segments: Segment[];
}
/** What a commit left behind, durable. */
export interface Head {
    readonly size: number;
    readonly root: Buffer;
}
export declare class FrameWriter {
    #private;
    constructor(parts: WriterParts);
    /** True if a frame with these payloads can be written without waiting. */
    isReady(payloads: readonly Uint8Array[], day: number): boolean;
    /**
     * Waits for growth, or begins a new segment.
     * @throws Fault `journal-unwritable` if the day has no key; nothing was changed then.
     */
    prepare(payloads: readonly Uint8Array[], day: number): Promise<void>;
    /**
     * Writes one frame. The tree is ahead of the disk if this throws: do not use it again.
     * @param time Of all events in it. Its day must be the one that was prepared.
     */
    write(payloads: readonly Uint8Array[], time: number): Head;
    /** Ends the segment; the next frame needs a new one. */
    finish(): Promise<void>;
    /** Gives up after an error: leaves the segment to recovery. */
    abandon(): Promise<void>;
}
export {};

// edges/journal/open.d.ts
import { type Clock, type Random, type Secret } from '#base';
import { Log } from './log.ts';
/** What a log needs of the keeper. */
export interface LogKeys {
    /** Name of the log and of its key: without white space and `+`, 1,000 bytes at most. */
    readonly origin: string;
    /** Ed25519 private key, PKCS #8 DER. May be disposed when `openLog` returns. */
    readonly signingKey: Secret;
    /** 16 random bytes as base64url, 22 characters. New for each `openLog`: nonces are counted within it. */
    readonly session: string;
    /** 32 random bytes, new for each `openLog`. Taken over: wiped in the caller's hands. */
    readonly ratchet: Secret;
    /**
     * 32-byte key of a day (days since 1970-01-01 UTC); stays the caller's. Null: deleted or unknown, so that payloads of
     * that day are not read, and none are written.
     */
    dayKey(day: number): Promise<Secret | null>;
}
/** What a log is opened with. */
export interface OpenOptions {
    /** Folder of the log; made if it is not there. */
    readonly dir: string;
    readonly keys: LogKeys;
    readonly clock: Clock;
    readonly random: Random;
    /** Size that somebody else remembers: a smaller log was rolled back. */
    readonly atLeast?: number;
}
/**
 * Opens a log, or begins one in an empty folder. Drops a torn tail and records that it did.
 * @throws Fault `already-running` if a living process has it open; `journal-corrupt` if it is not as a crash can leave
 *   it, has another key, or is smaller than `atLeast` (nothing was changed then); `message-invalid` for keys of a wrong
 *   form; `internal` for a session that was used before; `journal-unwritable` if the disk fails.
 */
export declare function openLog(options: OpenOptions): Promise<Log>;

// edges/verify/index.d.ts
export { verifyLog, type Verification, type VerifyOptions } from './verify.ts';
export type { Problem, ProblemCode } from './problems.ts';
export { openProof, proveEvent } from './proof.ts';
export { isConsistent, type ConsistencyClaim } from './paths.ts';

// edges/verify/verify.d.ts
import type { Secret } from '#base';
import { type Problem } from './problems.ts';
/** What to verify with. Nothing is needed. */
export interface VerifyOptions {
    /** Public key to check with. By default the one in the log's own folder: that proves only that all fits that key. */
    readonly vkey?: string;
    /** Also opens the payloads of the days whose keys this gives. */
    readonly dayKey?: (day: number) => Promise<Secret | null>;
}
/** What was found of a log. */
export interface Verification {
    /** True if there are no problems. */
    readonly ok: boolean;
    /** Name of the log; empty where no key could be read. */
    readonly origin: string;
    /** Number of events, published and not yet published. */
    readonly size: number;
    /** Root over all of them, base64. */
    readonly root: string;
    /** Size of the published checkpoint. */
    readonly publishedThrough: number;
    /** With day keys: receipts that were found good, and fingerprints of the passkeys enrolled at the end. */
    readonly passkeys: {
        readonly receipts: number;
        readonly enrolled: readonly string[];
    } | null;
    readonly problems: readonly Problem[];
}
/**
 * Verifies a log in its folder, also while a writer appends to it. Everything in the folder is taken to be
 * attacker-controlled; what each check proves, and what none can, stands in docs/protocol.md.
 * @returns Problems are values: only an error of the disk is thrown.
 */
export declare function verifyLog(dir: string, options?: VerifyOptions): Promise<Verification>;

// edges/verify/problems.d.ts
/** Each code with what it says. */
declare const meanings: {
    readonly 'vkey-missing': 'there is no public key to check with';
    readonly 'vkey-invalid': 'the public key cannot be read';
    readonly 'checkpoint-missing': 'there is no published checkpoint';
    readonly 'checkpoint-invalid': 'the published checkpoint is not signed by the key, or is not of this log';
    readonly 'tile-missing': 'a published tile is missing or too short';
    readonly 'tile-mismatch': 'a published tile does not follow from the tiles below it';
    readonly 'bundle-missing': 'a published bundle of entries is missing';
    readonly 'bundle-malformed': 'a published bundle of entries cannot be read';
    readonly 'entry-malformed': 'a published entry is no leaf of a known version';
    readonly 'entry-mismatch': 'a published entry does not hash to its place in the tree';
    readonly 'root-mismatch': 'the published entries do not give the signed root';
    readonly 'segment-invalid': 'a file is named like a segment and is none';
    readonly 'segment-missing': 'events have no segment: their payloads are gone';
    readonly 'segment-order': 'a segment does not continue the one before';
    readonly 'session-reused': 'two starts of the writer claim to be the same';
    readonly 'frame-torn': 'the last frame is incomplete: the writer was interrupted and did not start again';
    readonly 'frame-altered': 'a frame is not as it was signed';
    readonly 'frame-order': 'a frame was repeated, left out or moved';
    readonly 'frame-chain': 'a frame was not written after the frame before it';
    readonly 'frame-signature': 'the checkpoint in a frame is not signed by the key';
    readonly 'frame-root': 'the checkpoint in a frame is not of this tree';
    readonly 'leaf-mismatch': 'an event in a frame is not the published one';
    readonly 'payload-unreadable': 'the payloads of a frame cannot be opened with the key of their day';
    readonly 'payload-mismatch': 'a payload is not the one that was committed to';
    readonly 'receipt-missing': 'a consent claims a passkey and shows no receipt';
    readonly 'receipt-invalid': 'a receipt is not signed by its passkey, or not for what was done';
    readonly 'receipt-foreign': 'a receipt is of a passkey that was not enrolled then';
    readonly 'passkey-unvouched': "a passkey came or went on nobody's word";
    readonly 'passkeys-swapped': 'the passkeys at an unlock are not those that were enrolled';
    readonly 'clock-unexplained': 'the time of an event went back and no event says so';
};
/** Stable; docs/protocol.md says which check gives which. */
export type ProblemCode = keyof typeof meanings;
/** Something that is wrong with a log. */
export interface Problem {
    readonly code: ProblemCode;
    /** First event that is concerned, where one can be named. */
    readonly index?: number;
    /** For people. */
    readonly detail: string;
}
export declare class Problems {
    #private;
    add(code: ProblemCode, index?: number): void;
    get list(): readonly Problem[];
}
export {};

// edges/verify/proof.d.ts
import { type Checkpoint } from '#tlog';
interface Proof {
    readonly index: number;
    /** From the entry's sibling up to the root's child. */
    readonly path: readonly Uint8Array[];
    /** The signed checkpoint, verbatim. */
    readonly checkpoint: string;
}
/**
 * Proves that an event is in a log, from the published files in its folder. The proof says nothing of what the event
 * is: whoever checks it needs the event's leaf.
 * @returns What `openProof` checks.
 * @throws Fault `journal-unknown-entry` if the published tree has no event with this index; `journal-corrupt` if its
 *   checkpoint is not there or not signed by the key in the folder, or a tile is missing.
 * @see C2SP tlog-proof
 */
export declare function proveEvent(dir: string, index: number): Promise<string>;
/** Writes a proof. @see C2SP tlog-proof, "Format" */
export declare function encodeProof({ index, path, checkpoint }: Proof): string;
/**
 * Checks a proof whole: its checkpoint is signed by the key, and the entry stands at the index that it says.
 * @param text Attacker-controlled.
 * @param entry The bytes that are said to be in the log; of a journal, the event's leaf.
 * @param vkey The log's public key, from wherever it is trusted.
 * @returns The index and the checkpoint; undefined if any part fails.
 * @see C2SP tlog-proof
 */
export declare function openProof(text: string, entry: Uint8Array, vkey: string): {
    readonly index: number;
    readonly checkpoint: Checkpoint;
} | undefined;
export {};

// edges/verify/paths.d.ts
/** That an entry is in a tree. */
export interface InclusionClaim {
    /** Hash of the entry, as the checker computed it. */
    readonly leafHash: Uint8Array;
    readonly index: number;
    /** Of the tree with this root, from a checkpoint whose signature was checked. */
    readonly size: number;
    readonly root: Uint8Array;
    readonly path: readonly Uint8Array[];
}
/**
 * Tells whether the path leads from the entry to the root.
 * @param claim `index`, `path`: attacker-controlled.
 * @see RFC 9162, section 2.1.3.2
 */
export declare function isIncluded({ leafHash, index, size, root, path }: InclusionClaim): boolean;
/** That a tree only added to an earlier one. */
export interface ConsistencyClaim {
    readonly earlierSize: number;
    readonly earlierRoot: Uint8Array;
    readonly size: number;
    readonly root: Uint8Array;
    readonly path: readonly Uint8Array[];
}
/**
 * Tells whether the later tree only added to the earlier one.
 * @param claim `path`: attacker-controlled. The sizes and roots come from checkpoints whose signatures were checked.
 * @returns False also for an empty earlier tree, with which every tree would agree.
 * @see RFC 9162, section 2.1.4.2
 */
export declare function isConsistent(claim: ConsistencyClaim): boolean;
