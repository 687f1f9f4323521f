// The one error class of the product, and the one table of its codes.

/** What a code means to the outside: an HTTP status, an exit code, whether trying again can help, and the next step. */
interface FaultKind {
  readonly http: number
  readonly exit: ExitCode
  readonly retry: boolean
  readonly next: string
}

/** 0 ok · 1 error · 2 usage · 3 denied · 4 pending or timed out · 5 locked · 6 not found · 7 verification failed · 8 policy invalid · 10 findings. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 10

const faults = {
  internal: { http: 500, exit: 1, retry: false, next: 'run "keyreeve doctor" and report what it prints' },
  usage: { http: 400, exit: 2, retry: false, next: 'run "keyreeve help"' },

  'frame-malformed': {
    http: 400,
    exit: 1,
    retry: false,
    next: 'connect again with a client of this version',
  },
  'frame-oversized': { http: 413, exit: 1, retry: false, next: 'ask for less at once' },
  'frame-slow': { http: 408, exit: 1, retry: true, next: 'connect again and send whole frames' },
  'message-unknown': { http: 400, exit: 1, retry: false, next: 'update the client' },
  'message-invalid': { http: 400, exit: 1, retry: false, next: 'correct the named field' },
  'message-not-yours': { http: 403, exit: 3, retry: false, next: 'connect in the role that may send it' },
  'message-out-of-phase': { http: 409, exit: 1, retry: true, next: 'say hello first, and unlock if locked' },
  'version-unsupported': { http: 400, exit: 1, retry: false, next: 'use the same version on both sides' },
  'peer-refused': { http: 403, exit: 3, retry: false, next: 'run it as the user who owns the home' },
  'peer-unknown': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'run "keyreeve doctor": peers cannot be identified',
  },
  'connection-closed': { http: 503, exit: 1, retry: true, next: 'try again' },
  busy: { http: 429, exit: 4, retry: true, next: 'wait for the requests under way' },
  'timed-out': { http: 504, exit: 4, retry: true, next: 'try again' },

  locked: { http: 423, exit: 5, retry: true, next: 'run "keyreeve unlock"' },
  'not-running': { http: 503, exit: 1, retry: true, next: 'run "keyreeve start"' },
  'already-running': {
    http: 409,
    exit: 1,
    retry: false,
    next: 'run "keyreeve status", or stop the other one',
  },
  'program-gone': { http: 503, exit: 1, retry: true, next: 'try again; if it stays, run "keyreeve doctor"' },
  'home-insecure': {
    http: 500,
    exit: 1,
    retry: false,
    next: 'make the folder yours and private (mode 0700)',
  },
  'config-invalid': { http: 400, exit: 2, retry: false, next: 'correct config.toml at the named place' },
  'listen-failed': {
    http: 500,
    exit: 1,
    retry: true,
    next: 'see what else listens there, or choose another address',
  },
  'server-key-invalid': {
    http: 500,
    exit: 1,
    retry: false,
    next: 'make one with "head -c 32 /dev/urandom > FILE", mode 0600, the same for every process',
  },
  'disk-full': { http: 507, exit: 1, retry: true, next: 'free disk space, then try again' },
  'unsupported-here': { http: 501, exit: 1, retry: false, next: 'see "what works where" in the README' },

  'denied-by-policy': { http: 403, exit: 3, retry: false, next: 'do not ask again; the policy forbids it' },
  'consent-refused': { http: 403, exit: 3, retry: false, next: 'do not ask again; the person said no' },
  'consent-timed-out': {
    http: 408,
    exit: 4,
    retry: true,
    next: 'ask the person to open the console, then try again',
  },
  'consent-unanswerable': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'this needs a person at hand, and a passkey that "keyreeve passkey add" enrols',
  },
  embargoed: { http: 429, exit: 3, retry: false, next: 'do not ask for this again before it ends' },
  'passkey-needed': { http: 401, exit: 3, retry: true, next: 'allow it with a passkey, in the console' },
  'passkey-invalid': { http: 401, exit: 3, retry: true, next: 'use the passkey again, on this very page' },
  'passkey-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve passkey list"' },
  'recovery-code-wrong': { http: 401, exit: 3, retry: true, next: 'type the code that was shown last' },
  'consent-too-early': { http: 425, exit: 4, retry: true, next: 'look at the card, then answer' },
  'consent-changed': {
    http: 409,
    exit: 3,
    retry: false,
    next: 'look at the card again: it is not what you answered',
  },
  'consent-gone': {
    http: 410,
    exit: 6,
    retry: false,
    next: 'the request ended; let the assistant ask again',
  },
  'consent-scope-refused': { http: 403, exit: 3, retry: false, next: 'choose a narrower scope' },
  'ticket-unknown': {
    http: 404,
    exit: 6,
    retry: false,
    next: 'ask again; tickets end with their connection',
  },
  'grant-revoked': {
    http: 403,
    exit: 3,
    retry: true,
    next: 'ask again: the person decides anew',
  },
  'grant-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve grant list"' },
  'grants-corrupt': {
    http: 500,
    exit: 7,
    retry: false,
    next: 'all grants were dropped; give the ones you want again',
  },

  'path-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'give an absolute path without "..", NUL or backslash',
  },
  'path-outside-root': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'ask for a file beneath the granted folder',
  },
  'path-symlink': { http: 403, exit: 3, retry: false, next: 'ask for the real path; links are not followed' },
  'path-not-file': { http: 400, exit: 1, retry: false, next: 'ask for a regular file' },
  'path-not-folder': { http: 400, exit: 1, retry: false, next: 'ask for a folder' },
  'path-hard-linked': { http: 403, exit: 3, retry: false, next: 'copy the file: it has more than one name' },
  'path-crosses-mount': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'ask for a file on the same file system as the folder',
  },
  'path-special': { http: 403, exit: 3, retry: false, next: 'files of the system itself are not served' },
  'path-not-found': { http: 404, exit: 6, retry: false, next: 'check the path' },
  'path-unreadable': { http: 403, exit: 3, retry: false, next: 'check the permissions of the file' },
  'file-too-large': { http: 413, exit: 1, retry: false, next: 'ask for fewer lines' },
  'file-changed': { http: 409, exit: 1, retry: true, next: 'ask again: the file changed while it was read' },
  'file-not-text': { http: 415, exit: 1, retry: false, next: 'ask with mode "hash"' },
  'lines-invalid': { http: 400, exit: 2, retry: false, next: 'give [[from, to]…] with 1 <= from <= to' },
  'patch-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'send a unified diff whose counts are right; docs/files.md describes it',
  },
  'patch-conflict': { http: 409, exit: 1, retry: false, next: 'read the file again and make the patch anew' },
  'patch-placeholder': {
    http: 409,
    exit: 3,
    retry: false,
    next: 'leave lines with placeholders as they are, or change them in a hunk that removes the same line',
  },
  'edit-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve edit list"' },
  'pattern-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'correct the pattern at the named place; docs/files.md lists what it may hold',
  },
  'pattern-too-complex': {
    http: 413,
    exit: 2,
    retry: false,
    next: 'look for a simpler pattern and narrow down what it finds',
  },

  'secret-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve secret list"' },
  'secret-name-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'use 1 to 128 characters, none of them invisible',
  },
  'secret-too-large': { http: 413, exit: 2, retry: false, next: 'keep it under 1 MiB' },
  'secret-disposed': {
    http: 500,
    exit: 1,
    retry: false,
    next: 'run "keyreeve doctor" and report what it prints',
  },
  'keystore-absent': {
    http: 503,
    exit: 5,
    retry: false,
    next: 'start the system keystore, or unlock with the passphrase',
  },
  'keystore-locked': { http: 423, exit: 5, retry: true, next: 'unlock the system keystore' },
  'keystore-lost': {
    http: 500,
    exit: 5,
    retry: false,
    next: 'unlock with another key slot; nothing was overwritten',
  },
  'passphrase-wrong': { http: 401, exit: 5, retry: true, next: 'type it again' },
  'passphrase-weak': { http: 400, exit: 2, retry: false, next: 'choose one with at least 8 characters' },
  'vault-absent': { http: 404, exit: 6, retry: false, next: 'run "keyreeve start"' },
  'vault-exists': { http: 409, exit: 1, retry: false, next: 'use the vault that is there' },
  'vault-corrupt': {
    http: 500,
    exit: 7,
    retry: false,
    next: 'restore the named file from a backup; nothing was overwritten',
  },
  'vault-in-use': { http: 409, exit: 1, retry: true, next: 'stop the other process that holds the vault' },
  'slot-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve vault status"' },

  'journal-unwritable': {
    http: 503,
    exit: 1,
    retry: true,
    next: 'free disk space; nothing is released unrecorded',
  },
  'journal-corrupt': {
    http: 500,
    exit: 7,
    retry: false,
    next: 'keep the folder as it is and run "keyreeve log verify"',
  },
  'journal-unknown-entry': { http: 404, exit: 6, retry: false, next: 'run "keyreeve log list"' },
  'journal-shredded': {
    http: 410,
    exit: 6,
    retry: false,
    next: 'the payload was deleted by retention; its proof still stands',
  },
  'verification-failed': {
    http: 422,
    exit: 7,
    retry: false,
    next: 'keep the folder as it is and look at the named problem',
  },
  'seal-invalid': { http: 400, exit: 7, retry: false, next: 'seal it again to the present key' },

  'policy-changed': { http: 409, exit: 1, retry: false, next: 'load the policy again, and change it anew' },
  'policy-invalid': { http: 422, exit: 8, retry: false, next: 'correct the policy at the named line' },
  'redaction-failed': {
    http: 500,
    exit: 1,
    retry: false,
    next: 'nothing was released; run "keyreeve doctor"',
  },
  'rule-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'correct the named rule; docs/redaction.md describes the form',
  },

  'baseline-invalid': {
    http: 422,
    exit: 2,
    retry: false,
    next: 'write it anew with --write-baseline, or restore it',
  },
  'git-failed': { http: 500, exit: 1, retry: false, next: 'run "git status" there and mend what it says' },

  'key-invalid': {
    http: 400,
    exit: 2,
    retry: false,
    next: 'use a key pair on P-256 and send its public part',
  },
  'proof-invalid': { http: 400, exit: 3, retry: false, next: 'sign a new proof for this very request' },
  'proof-nonce-needed': {
    http: 400,
    exit: 4,
    retry: true,
    next: 'sign a new proof with the nonce that came with the answer',
  },
  'token-invalid': { http: 401, exit: 3, retry: true, next: 'get a new token' },
  'token-expired': { http: 401, exit: 3, retry: true, next: 'get a new token' },
  'scope-invalid': { http: 400, exit: 3, retry: false, next: 'ask for scopes that the device was given' },
  'device-revoked': {
    http: 401,
    exit: 3,
    retry: false,
    next: 'run "keyreeve device enroll": it is a new device then',
  },
  'enrolment-failed': { http: 400, exit: 1, retry: false, next: 'run "keyreeve device enroll" again' },
  'device-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve device enroll --issuer URL"' },
  'device-enrolled': { http: 409, exit: 1, retry: false, next: 'run "keyreeve device forget" first' },
  'audience-refused': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'name the audience under [device] audiences in config.toml',
  },
  'device-not-listed': { http: 404, exit: 6, retry: false, next: 'take an id of the list of devices' },
  'not-suspended': { http: 404, exit: 6, retry: false, next: 'run "keyreeve admin suspended"' },
  'feed-broken': { http: 502, exit: 4, retry: true, next: 'wait: the feed is fetched again by itself' },
  'issuer-unreachable': { http: 503, exit: 4, retry: true, next: 'wait: it is asked again by itself' },
  'issuer-refused': {
    http: 502,
    exit: 3,
    retry: true,
    next: 'run "keyreeve device status"; nothing was deleted',
  },
  'database-unavailable': {
    http: 503,
    exit: 1,
    retry: true,
    next: 'start the database, or correct where it is looked for',
  },
  'database-busy': { http: 503, exit: 1, retry: true, next: 'try again' },
  'database-failed': { http: 500, exit: 1, retry: false, next: 'look at the log of the database' },
  'device-key-known': {
    http: 409,
    exit: 3,
    retry: false,
    next: 'enrol with a new key: one that was enrolled before is never taken again',
  },

  'console-unavailable': { http: 503, exit: 1, retry: true, next: 'use "keyreeve watch", or free the port' },
  'code-invalid': {
    http: 401,
    exit: 3,
    retry: true,
    next: 'run "keyreeve ui" again: codes are good once, for a minute',
  },
  'terminal-needed': { http: 403, exit: 3, retry: false, next: 'run it in a terminal of your own' },
} as const satisfies Record<string, FaultKind>

/** A code of the table: stable, for programs and for people. */
export type FaultCode = keyof typeof faults

/** Names of all codes, for tables and tests. */
export const faultCodes = Object.keys(faults).filter(isFaultCode)

/**
 * The one error class of the product. Callers switch on `code`; `message` is for people, in lower case, says what was
 * wrong, and never quotes a secret, a token or file content.
 */
export class Fault<Code extends FaultCode = FaultCode> extends Error {
  override readonly name = 'Fault'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** HTTP status that this code has at every door. */
  get http(): number {
    return faults[this.code].http
  }

  /** Exit code of a command that ends with this fault. */
  get exit(): ExitCode {
    return faults[this.code].exit
  }

  /** True if the same request may succeed later without a change. */
  get retry(): boolean {
    return faults[this.code].retry
  }

  /** What the person or the assistant should do next. */
  get next(): string {
    return faults[this.code].next
  }
}

/** Tells whether a string that came from outside is a code of the table. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code)
}

/**
 * Makes a Fault of whatever was thrown. A foreign error becomes `disk-full` or `internal`; its own text stays in
 * `cause` and is not repeated, since nobody checked it for secrets.
 */
export function asFault(thrown: unknown, doing = 'an unexpected error happened'): Fault {
  if (thrown instanceof Fault) return thrown
  if (errorCode(thrown) === 'ENOSPC' || errorCode(thrown) === 'EDQUOT') {
    return new Fault('disk-full', `${doing}: no space left`, { cause: thrown })
  }
  return new Fault('internal', doing, { cause: thrown })
}

/** The `code` of a system error such as ENOENT, or undefined where there is none. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
