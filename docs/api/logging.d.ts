// edges/logging/index.d.ts
export { hardenProcess, type CrashingProcess, type Leak } from './harden.ts';

// edges/logging/harden.d.ts
/** One way that is still open, and what to do. */
export interface Leak {
    readonly code: 'report-environment' | 'heap-snapshot' | 'core-dump' | 'inspector';
    /** What would leave. */
    readonly detail: string;
    /** What closes it. */
    readonly next: string;
}
/** Of a process, what is read and set here: `process`. */
export interface CrashingProcess {
    readonly execArgv: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly report?: {
        excludeEnv?: boolean;
    };
}
/**
 * Takes the environment out of diagnostic reports, and names what only the one who starts the process can close. Call it
 * first in a program that handles secrets: `for (const { detail, next } of hardenProcess(process)) …`. A dump of memory
 * cannot be redacted, so that none must be made.
 * @returns What is left to do; empty if all is closed as far as can be told from here.
 */
export declare function hardenProcess(target: CrashingProcess): Leak[];
