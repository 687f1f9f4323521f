// edges/files/index.d.ts
export { openBeneath, openFolderBeneath, type FolderOptions, type Opened, type OpenedFile, type OpenOptions, } from './open.ts';
export { rootOf, identityOf, type Identity, type Root } from './mounts.ts';
export { beneath } from './path.ts';
export { readLines, type Reading, type ReadLimits, type ReadOptions } from './lines.ts';
export type { LineRange, TextWindow } from './window.ts';
export { walkWindows, type WalkEnd } from './windows.ts';
export { readOutline, type Outline, type OutlineLine } from './outline.ts';
export { hashFile, type FileHash, type HashOptions } from './hash.ts';
export { listFolder, withoutIgnored, type FolderEntry, type FolderListing, type ListOptions } from './list.ts';
export { searchFolder, type FoundNames, type SearchOptions } from './search.ts';
export { replaceBeneath, type Replacement } from './replace.ts';
export { readAt } from './steady.ts';
export type { TextEncoding } from './encoding.ts';

// edges/files/open.d.ts
import { type BigIntStats } from 'node:fs';
import { type Identity } from './mounts.ts';
/** How a folder is to be opened. */
export interface FolderOptions {
    /** The root must be this very folder, whatever its path leads to by now. */
    readonly identity?: Identity;
}
/** How a file is to be opened. */
export interface OpenOptions extends FolderOptions {
    /** Bytes that the file may have at most. */
    readonly maxSize?: number;
    /** Serves a file that has further names, which may lie outside the root. */
    readonly allowHardLinks?: boolean;
}
/** What was opened. Close it once: with `using`, or with `closeSync(fd)`. */
export interface Opened extends Disposable {
    /** For a file open for reading, for a folder a place (O_PATH) to list or walk from. */
    readonly fd: number;
    readonly stat: BigIntStats;
    /** Absolute path that the system knows the descriptor by. */
    readonly path: string;
}
/** A file that was opened and checked. Whoever opened it closes it. */
export interface OpenedFile extends Opened {
    /** Of the folder that holds the file. */
    readonly folder: Identity;
}
/** The root as it was opened: all beneath must lie on the same device and the same mount. */
interface Base {
    readonly fd: number;
    readonly device: bigint;
    readonly mountId: string;
}
/**
 * Opens a regular file beneath a folder for reading. Each component is opened on its own, without following links; the
 * inode that was checked is the one that is opened, with no second look-up of its name. Pipes, sockets and devices are
 * looked at, never opened.
 * @param root Folder that the caller trusts; its own path is resolved as the system does.
 * @param path Relative to `root`. Attacker-controlled, as is all that lies beneath `root`.
 * @throws Fault `path-invalid`, `path-outside-root` (the root is not `identity`), `path-not-found`, `path-symlink`,
 *   `path-not-file`, `path-not-folder`, `path-hard-linked`, `path-crosses-mount`, `path-special`, `path-unreadable`,
 *   `file-too-large`, `busy`; `unsupported-here` on systems other than Linux.
 * @see openat2(2), `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS`, `RESOLVE_NO_XDEV`: the same rules, without the call
 */
export declare function openBeneath(root: string, path: string, options?: OpenOptions): OpenedFile;
/**
 * Opens a folder beneath a folder, by the rules of `openBeneath`.
 * @param path Relative to `root`; an empty one is the root itself. Attacker-controlled.
 * @throws Fault as `openBeneath`, but for those of files.
 */
export declare function openFolderBeneath(root: string, path: string, options?: FolderOptions): Opened;
interface Walk {
    readonly root: string;
    readonly components: readonly string[];
    readonly options: FolderOptions;
}
/** Walks to a folder, lends its descriptor, and closes all that it opened. */
export declare function withFolder<Result>(walk: Walk, use: (folder: number, base: Base) => Result): Result;
export declare function openLeaf(folder: number, name: string, base: Base, options: OpenOptions): OpenedFile;
export {};

// edges/files/mounts.d.ts
/** O_PATH: a descriptor for the place, not the content. Node does not name it. @see open(2) */
export declare const pathOnly = 2097152;
/** A file or folder on this machine; numbers as text, since inodes can exceed 2^53. */
export interface Identity {
    readonly device: string;
    readonly inode: string;
}
/** A folder beneath which something is opened. */
export interface Root {
    /** Absolute path, links resolved. */
    readonly path: string;
    readonly identity: Identity;
}
interface Mount {
    readonly id: string;
    readonly path: string;
    readonly type: string;
}
/**
 * Finds the mount that holds a path: the root beneath which it can be opened without leaving that file system.
 * @param path Absolute. Attacker-controlled.
 * @throws Fault `path-invalid`; `path-special` where the mount holds files of the system itself;
 *   `path-unreadable` where no mount can be opened; `unsupported-here` without /proc.
 * @see proc_pid_mountinfo(5)
 */
export declare function rootOf(path: string): Root;
/**
 * Refuses a folder on a mount of the system itself.
 * @param device As in the folder's stat: with a block device behind it, no list of mounts is needed.
 * @throws Fault `path-special`
 */
export declare function refusePseudoMount(mountId: string, device: bigint): void;
/** Id of the mount behind a descriptor. @throws Fault `unsupported-here` without /proc. */
export declare function mountIdOf(fd: number): string;
/** @throws Fault `unsupported-here` on a system whose way of opening files safely is not written yet. */
export declare function requireLinux(): void;
/** Device and inode of a file or folder, as the wire carries them. */
export declare function identityOf(stat: {
    readonly dev: bigint;
    readonly ino: bigint;
}): Identity;
/** Reads the lines of mountinfo; one that makes no sense is left out, so that its files are found on no mount. */
export declare function parseMounts(mountinfo: string): Mount[];
export {};

// edges/files/path.d.ts
/** What the system puts behind the path of an open file whose name was removed. @see proc_pid_fd(5) */
export declare const removedMark = " (deleted)";
/**
 * Splits a path below a root into its components. Empty ones and `.` mean nothing and are dropped, as the system does.
 * @param path Attacker-controlled.
 * @returns No component for the root itself.
 * @throws Fault `path-invalid` for what is absolute, holds NUL, a backslash, a drive letter, a lone surrogate or `..`,
 *   has a component of more than 255 bytes, or is longer than 4095 bytes.
 */
export declare function componentsOf(path: string): string[];
/**
 * As `componentsOf`, for a file: the path must name something, and end with its name. That may not be one that the system
 * writes for a file whose name was removed.
 */
export declare function fileComponentsOf(path: string): string[];
/**
 * Gives the part of an absolute path that lies below a folder, by names alone.
 * @param root Absolute, without a slash at its end (but `/` itself).
 * @param path Attacker-controlled.
 * @returns An empty string for the folder itself.
 * @throws Fault `path-outside-root`; `path-invalid` if `path` is not absolute.
 */
export declare function beneath(root: string, path: string): string;

// edges/files/lines.d.ts
import { type TextEncoding } from './encoding.ts';
import { type LineRange, type TextWindow } from './window.ts';
/** How much is read and given at most. */
export interface ReadLimits {
    /** Bytes to look through for the asked lines. */
    readonly scan: number;
    /** Bytes of all asked lines together. */
    readonly release: number;
    /** Bytes to read before and after each range. */
    readonly context: number;
}
/** Limits, and what ends the work before. */
export interface ReadOptions extends Partial<ReadLimits> {
    /** Ends the work when it is aborted. */
    readonly signal?: AbortSignal | undefined;
}
/** Lines that were read, and where they lie in the file. */
export interface Reading {
    readonly encoding: TextEncoding;
    /** In order, apart from each other: ranges that touch or overlap are made one. */
    readonly windows: readonly TextWindow[];
    /** Null where the file was not read to its end. */
    readonly totalLines: number | null;
}
/**
 * Reads lines, which end with a line feed or with the file; what lies before a line feed, such as a carriage return,
 * belongs to its line. UTF-8, and UTF-16 with a byte order mark.
 * @param lines Null for the whole file. Attacker-controlled.
 * @throws Fault `lines-invalid` for a range that is none or begins after the last line; `file-too-large`, saying how
 *   many lines to ask for; `file-not-text`; `file-changed`; `path-unreadable`; what `signal` was aborted with.
 */
export declare function readLines(fd: number, lines: readonly LineRange[] | null, { signal, ...limits }?: ReadOptions): Promise<Reading>;

// edges/files/encoding.d.ts
import { Fault } from '#base';
/** Encodings that are read as text. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';
export interface Sniffed {
    readonly encoding: TextEncoding;
    /** Bytes of the byte order mark, which is no part of the text. */
    readonly mark: number;
}
/** Reads the byte order mark. Without one it is UTF-8, or no text at all. @see Unicode 17, section 23.8 */
export declare function sniff(head: Uint8Array): Sniffed;
/** Decodes whole characters. @throws Fault `file-not-text` for NUL and for what the encoding does not allow. */
export declare function decode(bytes: Uint8Array, encoding: TextEncoding): string;
/** Leaves out the rest of a character whose beginning lies before `bytes`. */
export declare function withoutTornStart(bytes: Uint8Array, encoding: TextEncoding): Uint8Array;
/** Leaves out the beginning of a character whose rest lies after `bytes`. */
export declare function withoutTornEnd(bytes: Uint8Array, encoding: TextEncoding): Uint8Array;
export declare function notText(): Fault;

// edges/files/window.d.ts
import type { Cursor } from './cursor.ts';
import { type Sniffed } from './encoding.ts';
/** Both ends inclusive, counted from 1. */
export type LineRange = readonly [from: number, to: number];
/** One asked range, within the text around it. */
export interface TextWindow {
    /** Ends with the file where more was asked; `[1, 0]` for an empty file. */
    readonly lines: LineRange;
    /** Context before, the asked lines with their line ends, context after. */
    readonly text: string;
    /** Offsets in `text`, in UTF-16 code units: the asked lines are `text.slice(start, end)`. */
    readonly start: number;
    readonly end: number;
}
/** Where a range lies in the file. */
export interface Place {
    readonly start: Cursor;
    readonly end: Cursor;
}
/**
 * Reads a range and the text around it.
 * @param context Bytes before and after.
 * @throws Fault `file-not-text`, `path-unreadable`
 */
export declare function readWindow(fd: number, { encoding, mark }: Sniffed, { start, end }: Place, context: number): TextWindow;

// edges/files/cursor.d.ts
import { type Sniffed, type TextEncoding } from './encoding.ts';
/** The beginning of a line in the bytes of a file, or the end of the file. */
export interface Cursor {
    /** Number of the line that begins here; at the end of the file, the last line's number and one. */
    readonly line: number;
    readonly offset: number;
    readonly isEnd: boolean;
}
export interface Search {
    /** Line to stop at. */
    readonly line: number;
    /** Bytes to look at before giving up. */
    readonly bytes: number;
    /** Ends a long way when it is aborted. */
    readonly signal?: AbortSignal | undefined;
}
/** Bytes of a file in which lines are looked for. */
export declare const farthest: number;
export declare function firstLine({ mark }: Sniffed): Cursor;
/**
 * Goes on to the beginning of a later line, or to the end of the file if that comes first. Where `bytes` are used up
 * before either, the result is the last line that began until there, and its `line` is less than the wanted one.
 * @throws Fault `file-not-text` on NUL; `path-unreadable`
 */
export declare function advance(fd: number, from: Cursor, { line: wanted, bytes }: Search, encoding: TextEncoding): Cursor;
/** As `advance`, for long ways. @throws Also what `signal` was aborted with. */
export declare function seek(fd: number, from: Cursor, { line, bytes, signal }: Search, encoding: TextEncoding): Promise<Cursor>;

// edges/files/windows.d.ts
import { type TextEncoding } from './encoding.ts';
import { type TextWindow } from './window.ts';
/** How far a walk came. */
export interface WalkEnd {
    readonly encoding: TextEncoding;
    /** First line that was not looked at; null where the file was read to its end. */
    readonly next: number | null;
    /** Lines of the file; null where it was not read to its end. */
    readonly totalLines: number | null;
}
/**
 * Shows a file's lines in windows, one after the other and without a gap. Other work goes on between two windows.
 * @param from First line to show, counted from 1. Attacker-controlled.
 * @param signal Ends the work when it is aborted.
 * @param begin Makes the viewer anew when the file changed while it was read; false ends the walk after a window.
 * @throws Fault `lines-invalid` if the file ends before; `file-too-large` for a line of more than 8 MiB or one that
 *   begins beyond 4 GiB; `file-not-text`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export declare function walkWindows(fd: number, from: number, begin: () => (window: TextWindow) => boolean, signal?: AbortSignal): Promise<WalkEnd>;

// edges/files/outline.d.ts
import { type TextEncoding } from './encoding.ts';
/** One line of structure. */
export interface OutlineLine {
    /** Counted from 1. */
    readonly line: number;
    /** Offsets in the text, in UTF-16 code units. */
    readonly start: number;
    readonly end: number;
}
/** The structure of a file. */
export interface Outline {
    readonly encoding: TextEncoding;
    /** The text that the offsets are in. */
    readonly text: string;
    readonly lines: readonly OutlineLine[];
    /** Null where the file was not read to its end. */
    readonly totalLines: number | null;
}
/**
 * Reads a file's beginning, at most 4 MiB, and finds in it at most 400 lines of structure: headings, declarations,
 * imports, and the names of top-level keys of JSON, YAML, TOML and environment files.
 * @param signal Ends the work when it is aborted.
 * @throws Fault `file-not-text`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export declare function readOutline(fd: number, signal?: AbortSignal): Promise<Outline>;

// edges/files/hash.d.ts
import { type TextEncoding } from './encoding.ts';
/** How much is hashed, and until when. */
export interface HashOptions {
    /** Bytes to read at most. */
    readonly most?: number;
    /** Ends the work when it is aborted. */
    readonly signal?: AbortSignal | undefined;
}
/** Hash and size of a whole file. */
export interface FileHash {
    /** Lower-case hexadecimal. */
    readonly sha256: string;
    /** Bytes that were hashed. */
    readonly size: number;
    /** As the first bytes look. */
    readonly encoding: TextEncoding | 'binary';
}
/**
 * Hashes a file to its end, a mebibyte at a time, and lets other work go on meanwhile.
 * @throws Fault `file-too-large`, `file-changed`, `path-unreadable`; what `signal` was aborted with.
 */
export declare function hashFile(fd: number, { most, signal }?: HashOptions): Promise<FileHash>;

// edges/files/list.d.ts
import type { Opened } from './open.ts';
/** One name in a folder. */
export interface FolderEntry {
    readonly name: string;
    readonly kind: 'file' | 'folder' | 'link' | 'other';
    /** Bytes of a file; 0 for all else. */
    readonly size: number;
}
/** The names in a folder, sorted. */
export interface FolderListing {
    /** Sorted by name, in order of UTF-16 code units. */
    readonly entries: readonly FolderEntry[];
    /** True if there is more. */
    readonly truncated: boolean;
}
/** What is listed, and until when. */
export interface ListOptions {
    /** Pattern with `*` and `?` for whole names; null for all. Attacker-controlled. */
    readonly glob?: string | null;
    /** Ends the work when it is aborted. */
    readonly signal?: AbortSignal | undefined;
}
/**
 * Lists what a folder holds, hidden names included.
 * @param fd Of a folder, such as `openFolderBeneath` gives.
 * @returns At most 5000 entries, the first by name.
 * @throws Fault `path-unreadable`; what `signal` was aborted with.
 */
export declare function listFolder(fd: number, { glob, signal }?: ListOptions): Promise<FolderListing>;
/**
 * Leaves out what git is told to ignore, unless the folder itself is ignored: then it was asked for by its name.
 * @returns The rest, and how many were left out.
 */
export declare function withoutIgnored({ fd, path }: Opened, entries: readonly FolderEntry[]): {
    entries: readonly FolderEntry[];
    ignored: number;
};

// edges/files/search.d.ts
import type { FolderEntry } from './list.ts';
import type { Opened } from './open.ts';
/** Where a search goes on, and what it leaves out. */
export interface SearchOptions {
    /** Path beneath the folder after which to go on; null from the beginning. */
    readonly after: string | null;
    /** Also what git is told to ignore. */
    readonly withIgnored: boolean;
    /** Ends the work when it is aborted. */
    readonly signal?: AbortSignal | undefined;
}
/** What was found, in the order of a walk: names sorted, a folder before what is in it. */
export interface FoundNames {
    /** `name` is the path beneath the folder. */
    readonly entries: readonly FolderEntry[];
    /** Path after which to go on; null where all was seen. */
    readonly next: string | null;
    /** Names that were left out because git is told to ignore them; what lies beneath a folder is not counted. */
    readonly ignored: number;
}
/**
 * Finds files and folders by name.
 * @param pattern With `*` or `?`: the whole name or, with a slash in it, the whole path beneath the folder, `**` for any
 *   folders. Otherwise a part of the path, in any case. Attacker-controlled.
 * @throws What `options.signal` was aborted with.
 */
export declare function searchFolder(folder: Opened, pattern: string, options: SearchOptions): Promise<FoundNames>;

// edges/files/replace.d.ts
import { type Identity } from './mounts.ts';
/** What is replaced, and by what. */
export interface Replacement {
    /** The very file; another one in its place is left alone. */
    readonly identity: Identity;
    /** SHA-256, lower-case hex, of its present content. */
    readonly sha256: string;
    readonly content: Uint8Array;
    /** Name for the new file until it takes the other's place; nothing else may have it. */
    readonly temporary: string;
}
/**
 * Replaces a file that still is what it was: written beside it, synced, and renamed over it. Mode and owner stay; extended
 * attributes and access lists do not. Between the last look and the rename lies a moment in which another's change is
 * lost: no system call renames only if.
 * @param root As for `openBeneath`. @param path As for `openBeneath`; attacker-controlled.
 * @returns Identity of the new file.
 * @throws Fault as `openBeneath`; `file-changed` if it is not what it was; `path-unreadable` where the folder or the owner
 *   does not allow it; `disk-full`. Then the file is as it was.
 */
export declare function replaceBeneath(root: string, path: string, replacement: Replacement): Identity;

// edges/files/steady.d.ts
/**
 * Runs `use` and gives its result if the file did not change meanwhile; else runs it once more. A change within one
 * tick of the file system's clock that keeps the size goes unnoticed: all bytes still come from the one read.
 * @throws Fault `file-changed` if it changed both times.
 */
export declare function steadily<Result>(fd: number, use: () => Result | Promise<Result>): Promise<Result>;
/**
 * Reads up to `length` bytes from `position`; fewer only at the end of the file.
 * @throws Fault `path-unreadable`
 */
export declare function readAt(fd: number, position: number, length: number): Uint8Array;
/** Fills `bytes` from `position`; gives how many there were. @throws Fault `path-unreadable` */
export declare function readInto(fd: number, bytes: Uint8Array, position: number): number;
/** One read that lets other work go on meanwhile; 0 at the end of the file. @throws Fault `path-unreadable` */
export declare function readSome(fd: number, bytes: Uint8Array, position: number): Promise<number>;
/** Lets other work go on, such as the word that nobody waits any more. @throws What `signal` was aborted with. */
export declare function pause(signal?: AbortSignal): Promise<void>;
