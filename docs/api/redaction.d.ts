// api/lib/redaction.d.ts
export * from './package.ts';
export { KnownSecrets, parseKnownSecrets } from '#known';
export { knownSecrets } from './known.ts';

// api/lib/package.d.ts
export { Secret } from '#base';
export { EventRedactor, GuardedRedactor, parseRules, PseudonymMap, RecordRedactor, redact, redactEvents, redactRecord, redactStream, Rules, scan, StreamRedactor, StreamScanner, } from '#redaction';
export type { Confidence, EventOptions, Finding, KnownFinder, PiiKind, PseudonymLimits, RecordLimits, RecordOptions, RedactOptions, Replacement, Restoration, ScanOptions, } from '#redaction';

// base/index.d.ts
export { asFault, errorCode, Fault, faultCodes, isFaultCode, type FaultCode } from './fault.ts';
export type { ExitCode } from './faults.ts';
export { Secret } from './secret.ts';
export { canonicalJson, type Json } from './canonical.ts';
export { machineClock, ManualClock, type Clock, type MachineTime, type Milliseconds, type Random, } from './time.ts';
export { base64url, concat, fromBase64url, hex, latin1, utf8 } from './bytes.ts';
export { shown, shownBlock } from './shown.ts';
export { assertNever } from './never.ts';
export { estimatedBits, guessableBelow } from './guessing.ts';

// base/fault.d.ts
import { faults, type ExitCode } from './faults.ts';
/** A code of the table: stable, for programs and for people. */
export type FaultCode = keyof typeof faults;
/** Names of all codes, for tables and tests. */
export declare const faultCodes: ("already-running" | "answer-old" | "answer-too-large" | "answer-unreadable" | "audience-refused" | "baseline-invalid" | "body-oversized" | "busy" | "calls-stopped" | "code-invalid" | "config-invalid" | "connection-closed" | "consent-changed" | "consent-gone" | "consent-refused" | "consent-scope-refused" | "consent-timed-out" | "consent-too-early" | "consent-unanswerable" | "console-unavailable" | "database-busy" | "database-failed" | "database-unavailable" | "denied-by-policy" | "device-enrolled" | "device-key-known" | "device-not-listed" | "device-revoked" | "device-unknown" | "disk-full" | "edit-unknown" | "embargoed" | "encoding-unsupported" | "enrolment-failed" | "feed-broken" | "file-changed" | "file-not-text" | "file-too-large" | "fingerprint-wrong" | "frame-malformed" | "frame-oversized" | "frame-slow" | "gateway-unavailable" | "git-failed" | "grant-revoked" | "grant-unknown" | "grants-corrupt" | "home-insecure" | "internal" | "issuer-refused" | "issuer-unreachable" | "journal-corrupt" | "journal-shredded" | "journal-unknown-entry" | "journal-unwritable" | "key-invalid" | "keystore-absent" | "keystore-locked" | "keystore-lost" | "limit-reached" | "lines-invalid" | "listen-failed" | "locked" | "message-invalid" | "message-not-yours" | "message-out-of-phase" | "message-unknown" | "model-refused" | "not-running" | "not-suspended" | "passkey-invalid" | "passkey-needed" | "passkey-unknown" | "passphrase-weak" | "passphrase-wrong" | "patch-conflict" | "patch-invalid" | "patch-placeholder" | "path-crosses-mount" | "path-hard-linked" | "path-invalid" | "path-not-file" | "path-not-folder" | "path-not-found" | "path-outside-root" | "path-special" | "path-symlink" | "path-unreadable" | "pattern-invalid" | "pattern-too-complex" | "peer-refused" | "peer-unknown" | "pending-unknown" | "phantom-unknown" | "policy-changed" | "policy-invalid" | "program-gone" | "proof-invalid" | "proof-nonce-needed" | "recovery-code-wrong" | "redaction-failed" | "route-invalid" | "route-unknown" | "rule-invalid" | "scope-invalid" | "seal-invalid" | "second-person-needed" | "secret-disposed" | "secret-name-invalid" | "secret-too-large" | "secret-unknown" | "secret-unusable" | "server-key-invalid" | "session-needed" | "slot-unknown" | "terminal-needed" | "ticket-unknown" | "timed-out" | "token-expired" | "token-invalid" | "unsupported-here" | "upstream-broken" | "upstream-refused" | "upstream-unreachable" | "upstream-untrusted" | "usage" | "vault-absent" | "vault-corrupt" | "vault-exists" | "vault-in-use" | "verification-failed" | "version-unsupported")[];
/**
 * The one error class of the product. Callers switch on `code`; `message` is for people, in lower case, says what was
 * wrong, and never quotes a secret, a token or file content.
 */
export declare class Fault<Code extends FaultCode = FaultCode> extends Error {
    readonly name = "Fault";
    readonly code: Code;
    constructor(code: Code, message: string, options?: ErrorOptions);
    /** HTTP status that this code has at every door. */
    get http(): number;
    /** Exit code of a command that ends with this fault. */
    get exit(): ExitCode;
    /** True if the same request may succeed later without a change. */
    get retry(): boolean;
    /** What the person or the assistant should do next. */
    get next(): string;
}
/** Tells whether a string that came from outside is a code of the table. */
export declare function isFaultCode(code: string): code is FaultCode;
/**
 * Makes a Fault of whatever was thrown. A foreign error becomes `disk-full` or `internal`; its own text stays in
 * `cause` and is not repeated, since nobody checked it for secrets.
 */
export declare function asFault(thrown: unknown, doing?: string): Fault;
/** The `code` of a system error such as ENOENT, or undefined where there is none. */
export declare function errorCode(thrown: unknown): string | undefined;

// base/faults.d.ts
/** What a code means to the outside: an HTTP status, an exit code, whether trying again can help, and the next step. */
export interface FaultKind {
    readonly http: number;
    readonly exit: ExitCode;
    readonly retry: boolean;
    readonly next: string;
}
/** 0 ok · 1 error · 2 usage · 3 denied · 4 pending or timed out · 5 locked · 6 not found · 7 verification failed · 8 policy invalid · 10 findings. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 10;
export declare const faults: {
    readonly 'route-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve route list"';
    };
    readonly 'route-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'run "keyreeve help route add"';
    };
    readonly 'phantom-unknown': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'start the assistant by "keyreeve run", or get a phantom by "keyreeve token issue"';
    };
    readonly 'body-oversized': {
        readonly http: 413;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'send less at once';
    };
    readonly 'limit-reached': {
        readonly http: 429;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'wait, or raise the limits of the route by "keyreeve route add"';
    };
    readonly 'model-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask for a model that the route allows';
    };
    readonly 'calls-stopped': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'run "keyreeve route resume"';
    };
    readonly 'upstream-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'add the route with --private if that network is yours';
    };
    readonly 'upstream-unreachable': {
        readonly http: 502;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'try again';
    };
    readonly 'upstream-untrusted': {
        readonly http: 502;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'find out who answers there; a CA of your own goes under [gateway] in config.toml';
    };
    readonly 'upstream-broken': {
        readonly http: 502;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'try again';
    };
    readonly 'secret-unusable': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'set another secret: one line of at least 12 random characters';
    };
    readonly 'gateway-unavailable': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'free the port, or choose another under [gateway] in config.toml';
    };
    readonly 'encoding-unsupported': {
        readonly http: 502;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask with an Accept-Encoding of gzip, deflate, br or zstd';
    };
    readonly 'answer-unreadable': {
        readonly http: 502;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'ask again; the upstream sent a broken answer';
    };
    readonly 'answer-too-large': {
        readonly http: 502;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask for less at once, or with no encoding';
    };
    readonly internal: {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "keyreeve doctor" and report what it prints';
    };
    readonly usage: {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'run "keyreeve help"';
    };
    readonly 'frame-malformed': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'connect again with a client of this version';
    };
    readonly 'frame-oversized': {
        readonly http: 413;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask for less at once';
    };
    readonly 'frame-slow': {
        readonly http: 408;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'connect again and send whole frames';
    };
    readonly 'message-unknown': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'update the client';
    };
    readonly 'message-invalid': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'correct the named field';
    };
    readonly 'message-not-yours': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'connect in the role that may send it';
    };
    readonly 'message-out-of-phase': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'say hello first, and unlock if locked';
    };
    readonly 'version-unsupported': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'use the same version on both sides';
    };
    readonly 'peer-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'run it as the user who owns the home';
    };
    readonly 'peer-unknown': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'run "keyreeve doctor": peers cannot be identified';
    };
    readonly 'connection-closed': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'try again';
    };
    readonly busy: {
        readonly http: 429;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'wait for the requests under way';
    };
    readonly 'timed-out': {
        readonly http: 504;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'try again';
    };
    readonly locked: {
        readonly http: 423;
        readonly exit: 5;
        readonly retry: true;
        readonly next: 'run "keyreeve unlock"';
    };
    readonly 'not-running': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'run "keyreeve start"';
    };
    readonly 'already-running': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "keyreeve status", or stop the other one';
    };
    readonly 'program-gone': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'try again; if it stays, run "keyreeve doctor"';
    };
    readonly 'home-insecure': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'make the folder yours and private (mode 0700)';
    };
    readonly 'config-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'correct config.toml at the named place';
    };
    readonly 'listen-failed': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'see what else listens there, or choose another address';
    };
    readonly 'server-key-invalid': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'make one with "head -c 32 /dev/urandom > FILE", mode 0600, the same for every process';
    };
    readonly 'disk-full': {
        readonly http: 507;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'free disk space, then try again';
    };
    readonly 'unsupported-here': {
        readonly http: 501;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'see "what works where" in the README';
    };
    readonly 'denied-by-policy': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'do not ask again; the policy forbids it';
    };
    readonly 'consent-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'do not ask again; the person said no';
    };
    readonly 'consent-timed-out': {
        readonly http: 408;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'ask the person to open the console, then try again';
    };
    readonly 'consent-unanswerable': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'this needs a person at hand, and a passkey that "keyreeve passkey add" enrols';
    };
    readonly embargoed: {
        readonly http: 429;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'do not ask for this again before it ends';
    };
    readonly 'passkey-needed': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'allow it with a passkey, in the console';
    };
    readonly 'passkey-invalid': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'use the passkey again, on this very page';
    };
    readonly 'passkey-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve passkey list"';
    };
    readonly 'recovery-code-wrong': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'type the code that was shown last';
    };
    readonly 'consent-too-early': {
        readonly http: 425;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'look at the card, then answer';
    };
    readonly 'consent-changed': {
        readonly http: 409;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'look at the card again: it is not what you answered';
    };
    readonly 'consent-gone': {
        readonly http: 410;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'the request ended; let the assistant ask again';
    };
    readonly 'consent-scope-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'choose a narrower scope';
    };
    readonly 'ticket-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'ask again; tickets end with their connection';
    };
    readonly 'grant-revoked': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'ask again: the person decides anew';
    };
    readonly 'grant-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve grant list"';
    };
    readonly 'grants-corrupt': {
        readonly http: 500;
        readonly exit: 7;
        readonly retry: false;
        readonly next: 'all grants were dropped; give the ones you want again';
    };
    readonly 'path-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'give an absolute path without "..", NUL or backslash';
    };
    readonly 'path-outside-root': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask for a file beneath the granted folder';
    };
    readonly 'path-symlink': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask for the real path; links are not followed';
    };
    readonly 'path-not-file': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask for a regular file';
    };
    readonly 'path-not-folder': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask for a folder';
    };
    readonly 'path-hard-linked': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'copy the file: it has more than one name';
    };
    readonly 'path-crosses-mount': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask for a file on the same file system as the folder';
    };
    readonly 'path-special': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'files of the system itself are not served';
    };
    readonly 'path-not-found': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'check the path';
    };
    readonly 'path-unreadable': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'check the permissions of the file';
    };
    readonly 'file-too-large': {
        readonly http: 413;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask for fewer lines';
    };
    readonly 'file-changed': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'ask again: the file changed while it was read';
    };
    readonly 'file-not-text': {
        readonly http: 415;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'ask with mode "hash"';
    };
    readonly 'lines-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'give [[from, to]…] with 1 <= from <= to';
    };
    readonly 'patch-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'send a unified diff whose counts are right; docs/files.md describes it';
    };
    readonly 'patch-conflict': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'read the file again and make the patch anew';
    };
    readonly 'patch-placeholder': {
        readonly http: 409;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'leave lines with placeholders as they are, or change them in a hunk that removes the same line';
    };
    readonly 'edit-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve edit list"';
    };
    readonly 'pattern-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'correct the pattern at the named place; docs/files.md lists what it may hold';
    };
    readonly 'pattern-too-complex': {
        readonly http: 413;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'look for a simpler pattern and narrow down what it finds';
    };
    readonly 'secret-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve secret list"';
    };
    readonly 'secret-name-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'use 1 to 128 characters, none of them invisible';
    };
    readonly 'secret-too-large': {
        readonly http: 413;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'keep it under 1 MiB';
    };
    readonly 'secret-disposed': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "keyreeve doctor" and report what it prints';
    };
    readonly 'keystore-absent': {
        readonly http: 503;
        readonly exit: 5;
        readonly retry: false;
        readonly next: 'start the system keystore, or unlock with the passphrase';
    };
    readonly 'keystore-locked': {
        readonly http: 423;
        readonly exit: 5;
        readonly retry: true;
        readonly next: 'unlock the system keystore';
    };
    readonly 'keystore-lost': {
        readonly http: 500;
        readonly exit: 5;
        readonly retry: false;
        readonly next: 'unlock with another key slot; nothing was overwritten';
    };
    readonly 'passphrase-wrong': {
        readonly http: 401;
        readonly exit: 5;
        readonly retry: true;
        readonly next: 'type it again';
    };
    readonly 'passphrase-weak': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'choose one with at least 8 characters';
    };
    readonly 'vault-absent': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve start"';
    };
    readonly 'vault-exists': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'use the vault that is there';
    };
    readonly 'vault-corrupt': {
        readonly http: 500;
        readonly exit: 7;
        readonly retry: false;
        readonly next: 'restore the named file from a backup; nothing was overwritten';
    };
    readonly 'vault-in-use': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'stop the other process that holds the vault';
    };
    readonly 'slot-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve vault status"';
    };
    readonly 'journal-unwritable': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'free disk space; nothing is released unrecorded';
    };
    readonly 'journal-corrupt': {
        readonly http: 500;
        readonly exit: 7;
        readonly retry: false;
        readonly next: 'keep the folder as it is and run "keyreeve log verify"';
    };
    readonly 'journal-unknown-entry': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve log list"';
    };
    readonly 'journal-shredded': {
        readonly http: 410;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'the payload was deleted by retention; its proof still stands';
    };
    readonly 'verification-failed': {
        readonly http: 422;
        readonly exit: 7;
        readonly retry: false;
        readonly next: 'keep the folder as it is and look at the named problem';
    };
    readonly 'seal-invalid': {
        readonly http: 400;
        readonly exit: 7;
        readonly retry: false;
        readonly next: 'seal it again to the present key';
    };
    readonly 'policy-changed': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'load the policy again, and change it anew';
    };
    readonly 'policy-invalid': {
        readonly http: 422;
        readonly exit: 8;
        readonly retry: false;
        readonly next: 'correct the policy at the named line';
    };
    readonly 'redaction-failed': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'nothing was released; run "keyreeve doctor"';
    };
    readonly 'rule-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'correct the named rule; docs/redaction.md describes the form';
    };
    readonly 'baseline-invalid': {
        readonly http: 422;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'write it anew with --write-baseline, or restore it';
    };
    readonly 'git-failed': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "git status" there and mend what it says';
    };
    readonly 'key-invalid': {
        readonly http: 400;
        readonly exit: 2;
        readonly retry: false;
        readonly next: 'use a key pair on P-256 and send its public part';
    };
    readonly 'proof-invalid': {
        readonly http: 400;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'sign a new proof for this very request';
    };
    readonly 'proof-nonce-needed': {
        readonly http: 400;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'sign a new proof with the nonce that came with the answer';
    };
    readonly 'token-invalid': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'get a new token';
    };
    readonly 'token-expired': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'get a new token';
    };
    readonly 'scope-invalid': {
        readonly http: 400;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask for scopes that the device was given';
    };
    readonly 'device-revoked': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'run "keyreeve device enroll": it is a new device then';
    };
    readonly 'enrolment-failed': {
        readonly http: 400;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "keyreeve device enroll" again';
    };
    readonly 'device-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve device enroll --issuer URL"';
    };
    readonly 'device-enrolled': {
        readonly http: 409;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'run "keyreeve device forget" first';
    };
    readonly 'audience-refused': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'name the audience under [device] audiences in config.toml';
    };
    readonly 'device-not-listed': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'take an id of the list of devices';
    };
    readonly 'session-needed': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'begin one: POST /admin/session with a proof of the key';
    };
    readonly 'second-person-needed': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'let another administrator run "keyreeve admin confirm"';
    };
    readonly 'pending-unknown': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve admin pending"';
    };
    readonly 'answer-old': {
        readonly http: 409;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'ask the administrator for a new answer to a new request';
    };
    readonly 'fingerprint-wrong': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'let the administrator read out the fingerprint, and type what you hear';
    };
    readonly 'not-suspended': {
        readonly http: 404;
        readonly exit: 6;
        readonly retry: false;
        readonly next: 'run "keyreeve admin suspended"';
    };
    readonly 'feed-broken': {
        readonly http: 502;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'wait: the feed is fetched again by itself';
    };
    readonly 'issuer-unreachable': {
        readonly http: 503;
        readonly exit: 4;
        readonly retry: true;
        readonly next: 'wait: it is asked again by itself';
    };
    readonly 'issuer-refused': {
        readonly http: 502;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'run "keyreeve device status"; nothing was deleted';
    };
    readonly 'database-unavailable': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'start the database, or correct where it is looked for';
    };
    readonly 'database-busy': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'try again';
    };
    readonly 'database-failed': {
        readonly http: 500;
        readonly exit: 1;
        readonly retry: false;
        readonly next: 'look at the log of the database';
    };
    readonly 'device-key-known': {
        readonly http: 409;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'enrol with a new key: one that was enrolled before is never taken again';
    };
    readonly 'console-unavailable': {
        readonly http: 503;
        readonly exit: 1;
        readonly retry: true;
        readonly next: 'use "keyreeve watch", or free the port';
    };
    readonly 'code-invalid': {
        readonly http: 401;
        readonly exit: 3;
        readonly retry: true;
        readonly next: 'run "keyreeve ui" again: codes are good once, for a minute';
    };
    readonly 'terminal-needed': {
        readonly http: 403;
        readonly exit: 3;
        readonly retry: false;
        readonly next: 'run it in a terminal of your own';
    };
};

// base/secret.d.ts
/**
 * A secret value. `toString`, `toJSON` and inspection all give `[secret]`; the one way in is `lend`, and `dispose`
 * zeroes. Never turn the lent bytes into a string unless the receiver takes nothing else.
 */
export declare class Secret {
    #private;
    private constructor();
    /** Takes the bytes over: the caller's array is the secret's own from here on and is zeroed by `dispose`. */
    static own(bytes: Uint8Array): Secret;
    /** Copies the bytes; the caller's array stays the caller's. */
    static copy(bytes: Uint8Array): Secret;
    static is(value: unknown): value is Secret;
    /** Length in bytes. @throws Fault `secret-disposed` */
    get length(): number;
    /**
     * Lends the bytes for the time of the call (for an async `use`, until its promise settles). Do not keep them.
     * @throws Fault `secret-disposed` after `dispose`.
     */
    lend<Result>(use: (bytes: Uint8Array) => Result): Result;
    /** Zeroes the bytes. A second call does nothing. */
    dispose(): void;
    [Symbol.dispose](): void;
    toString(): string;
    toJSON(): string;
}

// base/canonical.d.ts
/** What JSON can say. A member that is `undefined` counts as absent. */
export type Json = null | boolean | number | string | readonly Json[] | {
    readonly [key: string]: Json | undefined;
};
/**
 * Writes a value as canonical JSON: keys sorted by UTF-16 code unit, no white space, numbers as ECMAScript prints them.
 * Members that are `undefined` are left out.
 * @throws Fault `internal` for a number that is not finite or a string with a lone surrogate: neither has a canonical form.
 * @see RFC 8785
 */
export declare function canonicalJson(value: Json): string;

// base/time.d.ts
/** Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. */
export type Milliseconds = number;
/** Tells the time and wakes: the real one in a program, `ManualClock` in a test. */
export interface Clock {
    /** Wall clock, may jump. */
    now(): Milliseconds;
    /** Milliseconds since some fixed moment; never goes back. */
    monotonic(): Milliseconds;
    /** Calls `act` once after `delay` ms; the result cancels it. Does not keep the process alive. */
    after(delay: Milliseconds, act: () => void): () => void;
}
/** Unpredictable bytes from the operating system, or a fixed sequence in tests. */
export type Random = (length: number) => Uint8Array<ArrayBuffer>;
/** What the machine's own clock is made of: globals that only a program's `main.ts` touches, and hands in. */
export interface MachineTime {
    readonly Date: {
        now(): Milliseconds;
    };
    readonly performance: {
        now(): Milliseconds;
    };
    readonly setTimeout: (act: () => void, delay: Milliseconds) => Disposable & {
        unref(): unknown;
    };
}
/** The machine's own clock. Its timers do not keep the process alive. */
export declare function machineClock({ Date, performance, setTimeout }: MachineTime): Clock;
/** A clock that stands still until a test moves it. */
export declare class ManualClock implements Clock {
    #private;
    constructor(now?: Milliseconds);
    now(): Milliseconds;
    monotonic(): Milliseconds;
    after(delay: Milliseconds, act: () => void): () => void;
    /** Moves both clocks on and runs what falls due, in order. */
    advance(by: Milliseconds): void;
}

// base/bytes.d.ts
/** UTF-8 bytes of a string. */
export declare function utf8(text: string): Uint8Array<ArrayBuffer>;
/** One character for each byte. For short ones, a few thousand bytes at most. */
export declare function latin1(bytes: Uint8Array): string;
/** Lower-case hexadecimal. */
export declare function hex(bytes: Uint8Array): string;
/** Base64url without padding. @see RFC 4648, section 5 */
export declare function base64url(bytes: Uint8Array): string;
/**
 * Reads base64url without padding, strictly: one text for one value.
 * @param text Attacker-controlled.
 * @throws Fault `message-invalid` for any other character, padding, or stray bits.
 */
export declare function fromBase64url(text: string): Uint8Array<ArrayBuffer>;
/** One array with the bytes of all. */
export declare function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;

// base/shown.d.ts
/**
 * Gives one line that is safe to show in a terminal, a dialog or a page: hidden characters become `\u{…}`, and a text
 * longer than `limit` loses its middle, so that the end of a path (the file's name) stays.
 * @param text Attacker-controlled.
 * @param limit Characters of the result, at least 16.
 */
export declare function shown(text: string, limit?: number): string;
/** As `shown`, but keeps line feeds and tabs and cuts nothing: for file content, which is shown whole. */
export declare function shownBlock(text: string): string;

// base/never.d.ts
/** Ends a `switch` over a union: a case that was forgotten is a type error here, and a Fault if it happens all the same. */
export declare function assertNever(value: never): never;

// base/guessing.d.ts
/** A value of fewer estimated bits gets no pseudonym and no entry in a table of known secrets. */
export declare const guessableBelow = 40;
/**
 * Estimates the bits of a value, roughly and from below. Letters that read like words count 2 bits each, runs of digits
 * 3, steps such as `1234` and `aaaa` none, the rest as if drawn from the kinds of characters that occur.
 */
export declare function estimatedBits(value: Uint8Array): number;

// engines/redaction/index.d.ts
export type { Confidence, Finding, KnownFinder, RedactOptions, Replacement, ScanOptions } from './finding.ts';
export { redact, scan } from './redact.ts';
export { parseRules, Rules } from './rules.ts';
export { redactStream, StreamRedactor } from './stream.ts';
export { StreamScanner } from './stream-scanner.ts';
export { RecordRedactor, redactRecord, type RecordLimits, type RecordOptions } from './record.ts';
export { EventRedactor, redactEvents, type EventOptions } from './events.ts';
export { PseudonymMap, type PseudonymLimits, type Restoration } from './pseudonyms.ts';
export { GuardedRedactor } from './guarded.ts';
export { unredacted } from './unredacted.ts';
export type { PiiKind } from './pii-kinds.ts';
export { wideOf, type Wide } from './wide.ts';

// engines/redaction/finding.d.ts
import type { ByteClass } from './classes.ts';
import type { Rules } from './rules.ts';
import type { PiiKind } from './pii-kinds.ts';
/**
 * How sure a finding is. `certain`: a provider's own format or a known secret. `likely`: the place says that it is a
 * credential and the value looks like one. `hint`: worth a person's look, too weak to redact.
 */
export type Confidence = 'certain' | 'likely' | 'hint';
/** One stretch of the input that must not leave. */
export interface Finding {
    /** First unit of the stretch: UTF-16 code units for a string, bytes for bytes. */
    readonly start: number;
    /** One past the last unit. */
    readonly end: number;
    /** Id of the detector, such as `github-token`; `known` for a known secret. */
    readonly detector: string;
    readonly confidence: Confidence;
}
/** Finds secrets that are known, not by what they look like: a `KnownSecrets` does. It decides itself how. */
export interface KnownFinder {
    /**
     * Finds what starts at `from` or later. A stream asks again from `until` when more has come; what lies over 256 bytes
     * before it may be gone by then, and positions count from the first byte that is left.
     * @param bytes Attacker-controlled.
     * @param isFinal False if more may follow `bytes`.
     * @returns All that start before `until`, which is at least `from`, and Infinity at the end of the text.
     */
    find(bytes: Uint8Array, from: number, isFinal: boolean): {
        readonly found: readonly {
            readonly start: number;
            readonly end: number;
            readonly name: string;
        }[];
        readonly until: number;
    };
}
/** What is looked for, how sure a finding must be, and how placeholders are made. */
export interface ScanOptions {
    /** Secrets that are known; masked as `[secret:NAME]`, whatever else they look like. */
    readonly known?: KnownFinder;
    /** Personal data that is looked for besides, as `[email]`: these kinds, or all. Default: none. */
    readonly pii?: boolean | readonly PiiKind[];
    /** Weakest confidence that counts. Default `likely`. */
    readonly threshold?: Confidence;
    /**
     * `strict` also masks runs of 20 and more letters, digits and `_+/-` that look as if drawn at random, whatever stands
     * around them, as `unchecked-run`: hashes and ids among them. A stream then holds each run to its end. Default
     * `anchored`: a value without a form of its own needs a name or a place.
     */
    readonly policy?: 'anchored' | 'strict';
    /** `none`: only what is known, and personal data where asked for, whatever else looks like a secret. Default `all`. */
    readonly detectors?: 'all' | 'none';
    /** An organisation's own rules, as `parseRules` gives them. */
    readonly rules?: Rules;
    /** Key of the pseudonyms in placeholders. Default: random, made once per process. */
    readonly key?: Uint8Array;
}
/** One finding as it is put into the output. */
export interface Replacement extends Finding {
    /** What stands in the output. */
    readonly placeholder: string;
    /** The name of a known secret. */
    readonly name?: string;
    /** The secret itself, where the placeholder's pseudonym tells it from others; null elsewhere. Good during the call only. */
    readonly secret: Uint8Array | null;
}
/** What is looked for, and who is told of each replacement. */
export interface RedactOptions extends ScanOptions {
    /**
     * Told of each replacement, in order, before the output holds it. Offsets count from the first unit of the input; in a
     * stream the end of one that is longer than 64 KiB is not known yet. Must not throw, and must not log `secret`.
     */
    readonly onReplaced?: (replacement: Replacement) => void;
}
/** A finding on its way through the engine; all positions are bytes. */
export interface Found extends Finding {
    /** The secret itself, without what the span was widened by: what the pseudonym is made of. */
    readonly core?: readonly [start: number, end: number];
    /** The same, where it stands in another form: what it was decoded to. */
    readonly value?: Uint8Array;
    /** Found by its place, not by its form: whatever has a form of its own names it better. */
    readonly byPlace?: true;
    /** Name of a known secret. */
    readonly name?: string;
    /** Quotes that the placeholder needs so that JSON stays JSON. */
    readonly quote?: string;
    /** Goes on where the finding before it ended, as part of it. */
    readonly joins?: true;
    /** The span was cut at the longest length, and goes on in this class. */
    readonly rest?: ByteClass;
    /** Where a token may end, first and last, that is too long for its format. */
    readonly ends?: readonly [least: number, most: number];
}
/** Compares two confidences: above 0 if `a` is the surer one. */
export declare function compareConfidence(a: Confidence, b: Confidence): number;

// engines/redaction/classes.d.ts
/** `table[byte]` is 1 if the byte belongs to the class. */
export type ByteClass = Uint8Array;
/** Builds a class from characters and ranges such as `A-Z`; a hyphen at the end means itself. Equal ones are one table. */
export declare function byteClass(spec: string): ByteClass;
/** What belongs to either class. */
export declare function union(a: ByteClass, b: ByteClass): ByteClass;
export declare const digit: ByteClass;
export declare const upper: ByteClass;
export declare const lower: ByteClass;
export declare const letter: ByteClass;
export declare const alnum: ByteClass;
/** Letters, digits and underscore. */
export declare const word: ByteClass;
export declare const hexLower: ByteClass;
export declare const hexAny: ByteClass;
/** @see RFC 4648, section 4, with padding */
export declare const base64: ByteClass;
/** @see RFC 4648, section 5 */
export declare const base64url: ByteClass;
/** @see RFC 6750, section 2.1, `b64token` */
export declare const b64token: ByteClass;
/** What the name of a setting is made of. */
export declare const keyName: ByteClass;
export declare const blank: ByteClass;
export declare const space: ByteClass;
/** Ends an unquoted value anywhere: white space, quotes, escapes and separators of the formats that we read. */
export declare const bare: ByteClass;
/** Ends an unquoted value that has the rest of its line to itself. */
export declare const solid: ByteClass;
/** The same, but nothing that ends a JSON string or could be cut in it. */
export declare const plain: ByteClass;
/** Whatever a userinfo part may hold in practice, stricter writers percent-encode more. @see RFC 3986, section 3.2.1 */
export declare const userinfo: ByteClass;
/** One run of a text: where attempts are counted. Bytes above ASCII end it, so that no character is ever cut. */
export declare const unbroken: ByteClass;
/** The class of that name, or nothing. */
export declare function classNamed(name: string): ByteClass | undefined;

// engines/redaction/rules.d.ts
import { type Cost } from './cost.ts';
import type { Detector } from './detector.ts';
/** Rules that have been checked. Nothing but `parseRules` makes them. */
export declare class Rules {
    #private;
    /** What each rule costs, in the same order. */
    readonly costs: readonly Cost[];
    private constructor();
    /** One for each rule, in their order. */
    get detectors(): readonly Detector[];
    /** True for what `parseRules` has made, and for nothing that looks like it. */
    static is(value: object): value is Rules;
    /** @see parseRules */
    static parse(json: unknown): Rules;
}
/**
 * Reads an organisation's rules: `{"rules": [{"id": "x-acme-token", "anchors": ["acme_"], "form": "alnum:32"}]}`. Fields
 * are those of `Detector`; `confidence` is `likely` and `source` empty where not given.
 * @param json Attacker-controlled, as `JSON.parse` gives it.
 * @throws Fault `rule-invalid` for the first rule that is not well-formed or would cost too much; its message names the
 * field, and of the rule nothing but its id.
 */
export declare function parseRules(json: unknown): Rules;

// engines/redaction/cost.d.ts
import type { Detector } from './detector.ts';
import { type Form } from './form.ts';
/** What one row adds to the work of a scan. */
export interface Cost {
    /** Places in a megabyte of text, logs and code where the row is asked and finds nothing. An estimate. */
    readonly candidatesPerMegabyte: number;
    /** Most bytes that are looked at to answer once. */
    readonly worstBytes: number;
}
/** The cost of a row whose forms are known to be well-formed. */
export declare function costOf(detector: Detector): Cost;
/** Most bytes that a form takes. */
export declare function longestOf({ head, last }: Form): number;

// engines/redaction/detector.d.ts
import type { Checksum } from './checksum.ts';
import type { Confidence } from './finding.ts';
/** Scanner that reads what follows an anchor; each is a file or function of its own. */
export type Structure = 'token' | 'aws' | 'jwt' | 'pem' | 'authorization' | 'bearer' | 'url' | 'assignment';
export interface Detector {
    /** Stands in placeholders, findings and baselines: never renamed. Lower case, digits and hyphens, 32 at most. */
    readonly id: string;
    /**
     * Literals that begin the secret or stand right before it, 2 to 32 bytes of ASCII, lower case where `isFolded`. One that
     * begins the secret counts only where a word begins.
     */
    readonly anchors: readonly string[];
    /** Anchors match in either case. */
    readonly isFolded?: true;
    /** Default `token`: anchor, then what `form` says. */
    readonly structure?: Structure;
    /**
     * What follows the anchor, such as `alnum:36` or `base64url:22 '.' base64url:43`; see form.ts. More than the last run's
     * most is still a finding, but not a certain one.
     */
    readonly form: string;
    /** One run that stands right before the anchor and belongs to the secret, such as `digit:8-12`. */
    readonly before?: string;
    /** More than the last run's most is a hint only: longer runs of the class are something else, such as a hash. */
    readonly isExact?: true;
    /** What follows must hold a digit and a letter: words with hyphens look alike. */
    readonly needsDigit?: true;
    /** The anchor is no part of the secret and stays. */
    readonly keepsAnchor?: true;
    /** A checksum that fits lifts the finding to `certain`; one that does not changes nothing, since descriptions err. */
    readonly checksum?: Checksum;
    /** One of these words, lower case, within 64 bytes before; without it the finding is a hint. */
    readonly context?: readonly string[];
    readonly confidence: Confidence;
    /** The provider's own description of the format. */
    readonly source: string;
}

// engines/redaction/checksum.d.ts
/** How a token is checked: CRC-32 of its body in some digits at its end, or the code of Bech32 over all of it. */
export type Checksum = 'crc32-base62' | 'crc32-base64' | 'bech32';
/**
 * Tells whether a token's own checksum fits.
 * @param anchor What the token begins with.
 * @param body What follows it.
 */
export declare function hasChecksum(kind: Checksum, anchor: Uint8Array, body: Uint8Array): boolean;
/**
 * Six digits of the CRC-32 of a body.
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ (base 62, zeros in front)
 * @see https://docs.confluent.io/cloud/current/client-apps/api-keys.html (base 64)
 */
export declare function crcOf(kind: 'crc32-base62' | 'crc32-base64', bytes: Uint8Array): string;
/**
 * What the values of a human-readable part and of the data come to: 1 if the last six of the data are the checksum.
 * @see BIP 173, "Checksum"
 */
export declare function bech32Sum(prefix: string, data: readonly number[]): number;

// engines/redaction/form.d.ts
import { type ByteClass } from './classes.ts';
/** So many bytes of a class. */
export interface Run {
    readonly of: ByteClass;
    readonly min: number;
    readonly max: number;
}
/** A part of a form: a run, or bytes that stand there as they are. */
type Item = Run | {
    readonly literal: Uint8Array;
};
/** Ends in a run, which is matched to its end, however long. */
export interface Form {
    readonly head: readonly Item[];
    readonly last: Run;
}
/**
 * Reads a form such as `base64url:22 '.' base64url:43`: items with one space between. An item is a class (a name, or a
 * set in brackets) with a count (`36`, `36-255`, `36+`), or a literal in quotes.
 * @param text From our own tables, or from an organisation's rules: then not trusted.
 * @throws Fault `rule-invalid` for what is no form, and for one whose end of a run could not be told without trying.
 */
export declare function parseForm(text: string): Form;
/**
 * Reads one run of a form, such as `digit:8-12`.
 * @throws Fault `rule-invalid`
 */
export declare function parseRun(text: string): Run;
export {};

// engines/redaction/pii-kinds.d.ts
/** Ids of personal data. Stand in placeholders, findings and baselines: never renamed. */
export declare const piiIds: readonly ['email', 'payment-card', 'iban', 'phone-number', 'ip-address', 'private-ip-address', 'ar-cuit', 'at-svnr', 'au-medicare', 'au-tfn', 'be-national-number', 'bg-egn', 'br-cnpj', 'br-cpf', 'ca-sin', 'ch-ahv', 'cl-rut', 'cn-resident-id', 'cz-sk-birth-number', 'de-id-card', 'de-tax-id', 'dk-cpr', 'ee-lt-personal-code', 'es-dni', 'es-nie', 'fi-hetu', 'fr-nir', 'gr-amka', 'hk-id-card', 'hr-oib', 'ie-pps', 'il-id', 'in-aadhaar', 'in-pan', 'is-kennitala', 'it-fiscal-code', 'jmbg', 'jp-my-number', 'kr-rrn', 'lv-personal-code', 'mx-curp', 'my-nric', 'nl-bsn', 'no-national-id', 'pk-cnic', 'pl-pesel', 'pt-nif', 'ro-cnp', 'ru-inn', 'ru-snils', 'se-personnummer', 'sg-nric', 'th-id', 'tr-national-id', 'tw-id', 'uk-nhs-number', 'uk-nino', 'us-itin', 'us-medicare', 'us-ssn', 'za-id'];
export type PiiId = (typeof piiIds)[number];
/** What is looked for: one kind of personal data, or the national ids of all countries. */
export type PiiKind = PiiId | 'national-id';
/** The ids that a choice stands for; `true` is all that point to a person. */
export declare function chosenIds(choice: true | readonly PiiKind[]): ReadonlySet<PiiId>;

// engines/redaction/redact.d.ts
import type { Finding, RedactOptions, ScanOptions } from './finding.ts';
/**
 * Finds secrets. Work is linear in the input, whatever it holds.
 * @param input Attacker-controlled. Bytes are read as UTF-8 or any other superset of ASCII, or as UTF-16 if they begin so.
 * @returns Findings in order, none overlapping another; offsets in UTF-16 code units for a string, in bytes for bytes.
 */
export declare function scan(input: string | Uint8Array, options?: ScanOptions): Finding[];
/**
 * Puts a placeholder where each secret was: `[github-token:4f2a]`, the same for the same secret under one key.
 * JSON stays JSON, and placeholders of an earlier run stay as they are.
 * @param input Attacker-controlled.
 * @returns The text, bytes that are no UTF-8 as U+FFFD; and the findings, with offsets in the input.
 */
export declare function redact(input: string | Uint8Array, options?: RedactOptions): {
    text: string;
    findings: Finding[];
};
/** Tells of a short string that nothing is in it; false says nothing. Most lines of a log are done here. */
export declare function isClear(input: string | Uint8Array, options: ScanOptions): input is string;

// engines/redaction/stream.d.ts
import type { RedactOptions } from './finding.ts';
/**
 * A transform of bytes to bytes with secrets masked as `redact` does; UTF-16 stays UTF-16. Holds what may still become a secret: usually the
 * last word, at most about 100 KiB.
 */
export declare function redactStream(options?: RedactOptions): TransformStream<Uint8Array, Uint8Array>;
/**
 * The synchronous form of `redactStream`, for whoever has no streams of the platform or holds many at a time. Reads a
 * superset of ASCII, not UTF-16.
 */
export declare class StreamRedactor {
    #private;
    /** @param lends What is given is good until the next call only: for whoever is done with it by then. */
    constructor(options?: RedactOptions, { lends }?: {
        readonly lends?: boolean;
    });
    /** True while something of what was pushed is not out yet. */
    get isHolding(): boolean;
    /** Takes the next bytes, copies what it keeps of them, and gives what is settled, in order. */
    push(chunk: Uint8Array): Uint8Array[];
    /** Takes the end of the input and gives the rest. Nothing can be pushed after it. */
    finish(): Uint8Array[];
}

// engines/redaction/stream-scanner.d.ts
import type { Finding, ScanOptions } from './finding.ts';
/**
 * Scans bytes as they come: the findings of `scan`, however the input is cut. Reads a superset of ASCII, not UTF-16.
 * Of a finding longer than 64 KiB the end is told as far as it was known then.
 */
export declare class StreamScanner {
    #private;
    constructor(options?: ScanOptions);
    /**
     * Takes the next bytes, attacker-controlled, and copies what it keeps of them.
     * @returns Findings that are settled, in order; offsets in bytes from the beginning of the input.
     */
    push(chunk: Uint8Array): Finding[];
    /** Takes the end of the input and gives the rest. Nothing can be pushed after it. */
    finish(): Finding[];
}

// engines/redaction/record.d.ts
import type { Fault } from '#base';
import type { ScanOptions } from './finding.ts';
/** Up to where a record is looked at. What lies beyond is replaced by a marker, never passed on unseen. */
export interface RecordLimits {
    /** Levels of objects within objects. Default 32. */
    readonly depth: number;
    /** Values of all kinds together. Default 50,000. */
    readonly values: number;
    /** UTF-16 units of all texts and bytes of all buffers together. Default 4 Mi. */
    readonly characters: number;
}
/** What is looked for in a record, and how far. */
export interface RecordOptions extends ScanOptions {
    /**
     * Names of fields whose value is masked whatever it is, besides the usual ones. Case, `_` and `-` do not matter, and
     * `pin` is also meant by `userPin`.
     */
    readonly keys?: readonly string[];
    readonly limits?: Partial<RecordLimits>;
    /** Tells which objects may answer otherwise when they are read again, such as proxies: they are copied in any case. */
    readonly isUnsteady?: (value: object) => boolean;
    /** Hears of a fault of the redactor itself, which holds nothing of the data. */
    readonly onFault?: (fault: Fault) => void;
}
/** Masks what values hold of secrets, and keeps their shape. Make one, and use it for all records. */
export declare class RecordRedactor {
    #private;
    constructor(options?: RecordOptions);
    /**
     * Masks texts wherever they stand: in objects, lists, maps, sets, errors (message, stack, cause), buffers, keys and
     * symbols. A field whose name says that it is a credential is masked whatever it holds. Never changes its argument,
     * and never throws.
     * @param value Attacker-controlled.
     * @returns The value itself where nothing was found; otherwise a copy of the same shape, whose parts are the very
     * same where nothing was found in them. `[unredacted: …]` stands for what is beyond a limit, what cannot be read, and
     * what the redactor failed at.
     */
    redact<Value>(value: Value): Value;
}
/**
 * Masks what one value holds of secrets, as `RecordRedactor.redact` does.
 * @param value Attacker-controlled.
 */
export declare function redactRecord<Value>(value: Value, options?: RecordOptions): Value;

// engines/redaction/events.d.ts
import type { RedactOptions } from './finding.ts';
/** What is masked, and how large the parts of a stream may be. */
export interface EventOptions extends RedactOptions {
    /** Bytes of one event; a longer one is dropped. Default 8 MiB. */
    readonly longestEvent?: number;
}
/**
 * A transform of the Server-Sent Events, or lines of JSON, of a model's interface: OpenAI's chat completions and
 * responses, Anthropic's messages, Gemini's and Ollama's, and whatever is spelled like one of them. The pieces of each
 * text (a choice, a tool call's arguments, a block) make together what `redact` makes of the whole text. What may still
 * become a secret is left out of its event and comes with a later one, or with one of our own before the text ends.
 * Events that repeat a whole text say the same as its pieces. All other data is masked event by event. Where nothing is
 * found, an event leaves byte for byte as it came.
 *
 * What cannot be read safely (an event that is too long, nested too deep, names one member twice, or begins one text too
 * many) is dropped, and a comment, or an `error` line among lines of JSON, says so.
 */
export declare function redactEvents(options?: EventOptions): TransformStream<Uint8Array, Uint8Array>;
/** The synchronous form of `redactEvents`. */
export declare class EventRedactor {
    #private;
    constructor({ longestEvent, ...options }?: EventOptions);
    /** Events that were dropped so far. */
    get dropped(): number;
    /** Takes the next bytes, attacker-controlled, and gives what is settled, in order. Never throws on data. */
    push(chunk: Uint8Array): Uint8Array[];
    /** Takes the end of the stream and gives the rest, with what was held of each text. */
    finish(): Uint8Array[];
}

// engines/redaction/pseudonyms.d.ts
import type { RedactOptions } from './finding.ts';
/** What a map holds at most. */
export interface PseudonymLimits {
    /** Secrets. Default 256. */
    readonly count: number;
    /** Bytes of all secrets together. Default 256 KiB. */
    readonly bytes: number;
    /** How long a secret is held after it was last seen, in units of the caller's clock. Default 3,600,000: an hour of milliseconds. */
    readonly age: number;
}
/** Where placeholders may be restored. */
export interface Restoration {
    /**
     * Asked for each placeholder that stands for a secret of this conversation.
     * @param detector Id of the detector that found it.
     */
    readonly allow: (detector: string, placeholder: string) => boolean;
    /** The caller's clock. */
    readonly now: number;
}
/**
 * What the placeholders of one conversation stand for. In memory only. Make one for each conversation, mask what goes to
 * the model with `at`, and put back with `restore` what the model says to a tool, nowhere else.
 *
 * It never restores known secrets and values that are easily guessed, whose placeholders tell nothing apart; values of
 * other characters than letters, digits and `_+/=.~-`; and a placeholder that stood for two secrets.
 */
export declare class PseudonymMap {
    #private;
    /** @param key Key of the pseudonyms, 32 bytes; it stays the caller's. */
    constructor(key: Uint8Array, limits?: Partial<PseudonymLimits>);
    /** What `redact` and its kin take so that the map learns of what they mask. `now` is the caller's clock. */
    at(now: number): Required<Pick<RedactOptions, 'key' | 'onReplaced'>>;
    /** Secrets that are held. */
    get count(): number;
    /**
     * Puts secrets where their placeholders stand, exactly as they were issued in this conversation.
     * @param text A tool's arguments as JSON, or any text; written by a model and so by whoever it listened to.
     * @returns UTF-8, JSON if the text was. It holds secrets: zero it once it is sent.
     */
    restore(text: string, { allow, now }: Restoration): Uint8Array;
    /** Zeroes what is held. The map restores nothing from then on. */
    dispose(): void;
    [Symbol.dispose](): void;
}

// engines/redaction/guarded.d.ts
import type { RedactOptions } from './finding.ts';
/** As much of `StreamRedactor` as is used here. */
interface Redactor {
    readonly isHolding: boolean;
    push(chunk: Uint8Array): Uint8Array[];
    finish(): Uint8Array[];
}
/**
 * Masks a stream of lines as `redactStream` does, UTF-16 among them, and never throws: a line at which the redactor fails, and whatever
 * was held back then, is replaced by `[unredacted: dropped]`. If a private key had begun, all goes until it ends.
 */
export declare class GuardedRedactor {
    #private;
    /** What it gives is good until the next call only: for whoever has written it out by then. */
    static lending(options: RedactOptions): GuardedRedactor;
    /** @param make Makes a redactor; the usual one by default. What it gives may be lent until the next push. */
    constructor(options?: RedactOptions, make?: () => Redactor);
    /** How often something was dropped. */
    get dropped(): number;
    /** Takes the next bytes, attacker-controlled, and gives what is settled, in order. */
    push(chunk: Uint8Array): Uint8Array[];
    /** Takes the end of the input and gives the rest. */
    finish(): Uint8Array[];
}
export {};

// engines/redaction/unredacted.d.ts
/** Stand for a value or a line: the redactor failed at it, or a limit was reached. Safe within a JSON string. */
export declare const unredacted: {
    readonly dropped: '[unredacted: dropped]';
    readonly deep: '[unredacted: too deep]';
    readonly large: '[unredacted: too large]';
};

// engines/redaction/wide.d.ts
import type { Steps } from './transform.ts';
/** UTF-16, by which byte of a character comes first. */
export type Wide = 'utf-16le' | 'utf-16be';
/**
 * Tells UTF-16 from a superset of ASCII by the zeros of its first two characters, of which one may be a byte order mark.
 * @param isFinal False if more may follow.
 * @returns Undefined if it takes more bytes to tell, null for what is no UTF-16.
 */
export declare function wideOf(head: Uint8Array, isFinal: boolean): Wide | null | undefined;
/** The text, with its byte order mark if there is one; half a character as U+FFFD. */
export declare function fromWide(bytes: Uint8Array, wide: Wide): string;
/** What takes bytes of UTF-8 and gives such bytes, as a `StreamRedactor` does. */
interface Inner extends Steps {
    readonly isHolding: boolean;
}
/** Puts UTF-16 around what works on UTF-8, where the stream begins as such; passes any other stream through it as it is. */
export declare class WideStream {
    #private;
    constructor(inner: Inner);
    /** True while something of what was pushed is not out yet; half a character does not count. */
    get isHolding(): boolean;
    /** Takes the next bytes and gives what is settled. */
    push(chunk: Uint8Array): Uint8Array[];
    /** Takes the end of the input and gives the rest. */
    finish(): Uint8Array[];
}
export {};

// engines/redaction/transform.d.ts
/** What gives of each piece what is settled, and at the end the rest. */
export interface Steps {
    push(chunk: Uint8Array): readonly Uint8Array[];
    finish(): readonly Uint8Array[];
}
export declare function transformOf(steps: Steps): TransformStream<Uint8Array, Uint8Array>;

// api/lib/known.d.ts
import type { Random, Secret } from '#base';
import { type Left } from '#forms';
import { type KnownSecrets } from '#known';
/**
 * Known secrets where their plaintext is: each in every encoding, and the secrets within it.
 * @param random Gives the keys from which all hashes are made.
 * @returns To be handed to a scan, and `left`: the secrets that will not be found, each with the reason.
 */
export declare function knownSecrets(secrets: readonly {
    readonly name: string;
    readonly secret: Secret;
}[], random: Random): KnownSecrets & {
    readonly left: readonly Left[];
};

// engines/known/index.d.ts
export { KnownSecrets, parseKnownSecrets } from './known.ts';

// engines/known/known.d.ts
import { type Occurrences } from './finder.ts';
/**
 * Known secrets as keyed hashes, made anew with random keys at each start. Whoever holds the table can test a guess of
 * about eleven bytes of a secret, nothing less, so that it cannot be guessed piece by piece.
 */
export declare class KnownSecrets {
    #private;
    /**
     * Finds the secrets in every encoding. Remembers nothing of the bytes: for a text that grows, ask again from `until`.
     * @param bytes Attacker-controlled.
     * @param from Finds what starts there or later. What comes before is looked at only to tell where an occurrence starts.
     * @param isFinal False if more may follow `bytes`.
     * @returns All that start before `until`.
     */
    find(bytes: Uint8Array, from?: number, isFinal?: boolean): Occurrences;
    /** The table as text, for rooms without keys. Holds names, no plaintext, no hash without the table's keys. */
    serialise(): string;
}
/**
 * Reads a table that was made where the plaintext is.
 * @param table From another program, not trusted further than its shape.
 * @throws Fault `message-invalid` for whatever is no such table.
 */
export declare function parseKnownSecrets(table: string): KnownSecrets;

// engines/known/finder.d.ts
import { type Group } from './groups.ts';
import type { Prober } from './prober.ts';
import type { Table } from './table.ts';
/** Where a known secret stands, or a piece of a long one. */
interface Occurrence {
    readonly start: number;
    /** One past the last byte. */
    readonly end: number;
    /** The secret's name. */
    readonly name: string;
}
/** What a look at some bytes gave. */
export interface Occurrences {
    /** In no order; they may overlap. */
    readonly found: readonly Occurrence[];
    /** All that start before it are found; Infinity if nothing can follow. */
    readonly until: number;
}
export declare class Finder {
    #private;
    constructor(table: Table, proberOf: (table: Table, groups: readonly Group[]) => Prober);
    /** As `KnownSecrets.find`. The ranges of successive calls do not overlap, so that each occurrence is found once. */
    find(bytes: Uint8Array, from: number, isFinal: boolean): Occurrences;
}
export {};

// engines/known/groups.d.ts
import type { Form, Kind } from './table.ts';
/** Forms with windows of one length, one of which begins at each multiple of `stride`. */
export interface Group {
    readonly window: number;
    readonly stride: number;
    /** Each window has a backslash among its first eight bytes. */
    readonly isEscaped: boolean;
    /** Two bits for each hash, in one word. */
    readonly bitmap: Uint32Array;
    /** How far into a form its first window begins, at most: by what a text must look like to be its beginning. */
    readonly bases: ReadonlyMap<Kind, number>;
}
export declare function groupsOf(forms: readonly Form[]): Group[];
/** Whether a group's bitmap has both bits of a hash. */
export declare function mayHold(hash: number, bitmap: Uint32Array): boolean;
/**
 * An open hash table of all windows: at a hash's lower bits or behind, the hash, and beside it the form's index plus one,
 * times 256, plus how far into the form the window begins. Zero ends a run.
 */
export declare function slotsOf(forms: readonly Form[]): Uint32Array;

// engines/known/table.d.ts
/** One form of a secret, or a piece of a long one. */
export interface Form {
    /** Index in `names`. */
    readonly name: number;
    readonly length: number;
    /** Where its windows begin: at `base` and the next, `stride` of them; `window` bytes each. */
    readonly window: number;
    readonly stride: number;
    readonly base: number;
    /** What a text must look like for the form to go on at its end. */
    readonly kind: Kind;
    /** Characters of base64 before and behind that share bits with the form. */
    readonly lead: number;
    readonly tail: number;
    /** Keyed hash of the whole form. */
    readonly check: number;
    /** First 16 bytes of its HMAC-SHA-256. */
    readonly mac: Uint8Array;
    /** Keyed hashes of its windows. */
    readonly hashes: Uint32Array;
}
/**
 * Escaped: a backslash first, and among each eight bytes. Graphic characters only, but for the quote. UTF-16 of ASCII, the
 * first no space. Or anything. So it looks up to the end of its last window.
 */
declare const kinds: readonly ['escaped', 'graphic', 'wide', 'any'];
export type Kind = (typeof kinds)[number];
export interface Table {
    /** Of the HMACs. */
    readonly key: Uint8Array;
    /** Odd numbers by which all hashes are made. */
    readonly words: BigUint64Array;
    readonly names: readonly string[];
    readonly forms: readonly Form[];
}
/** Longer than any window, and than what comes before the last one that is looked at. */
export declare const longestForm = 2040;
export declare const longestWindow = 66;
export declare const furthestOffset = 255;
/**
 * @param text From another program, not trusted further than its shape.
 * @throws Fault `message-invalid`
 */
export declare function readTable(text: string): Table;
export {};

// engines/known/prober.d.ts
import type { Group } from './groups.ts';
/** Told of each form that may stand at a place; what is left is to confirm it, or to wait for its end. */
export type Candidates = (start: number, form: number) => void;
/** Says where forms may stand. */
export interface Prober {
    /** Tells of all forms that may start at `from` or later; if more may follow, also of those that the text ends within. */
    probe(bytes: Uint8Array, from: number, isFinal: boolean, candidates: Candidates): void;
}
/** The first multiple of a group's stride that is at least `position`. */
export declare function aligned(position: number, { stride }: Group): number;
