// What the journal records: one shape for each kind of event. Later versions add kinds and members; none changes.
import type { FaultCode, Json } from '#base'
import type { Receipt } from '#receipts'

/** Who asked, as the system proves it. */
export type Asker = {
  readonly assistant: string
  readonly pid: number
  readonly executable: string
  /** Program that started the assistant; null where none was found. */
  readonly launcher: string | null
  /** Where what it reads goes to, by the person's settings. */
  readonly destination?: string
}

/** What was asked for. */
export type Deed = 'read' | 'list' | 'edit' | 'grant' | 'call'

/** What a request was about. */
export type EventObject = {
  readonly path: string
  /** Device and inode, where the object was opened. */
  readonly identity?: { readonly device: string; readonly inode: string }
  /** What it holds by its name and its content; left out where that is nothing of note. */
  readonly classes?: readonly string[]
}

/** Which consent stood behind a decision. */
export type Consent = {
  /** 0 none was needed, 1 click, 2 passkey, 3 two persons. */
  readonly level: 0 | 1 | 2 | 3
  readonly method: string
  /** Milliseconds since 1970; null where nobody was asked. */
  readonly answeredAt: number | null
  /** Digest of the card that was shown. */
  readonly card?: string
  /** At level 2: what a passkey signed. */
  readonly receipt?: Receipt
}

/** Recorded before the effect. Without an `outcome` for its index it says that the end is not known. */
export type IntentEvent = {
  readonly v: 1
  readonly kind: 'intent'
  readonly who: Asker
  readonly what: Deed
  readonly object: EventObject
  /** Line ranges from 1, both ends inclusive. */
  readonly lines?: readonly (readonly [from: number, to: number])[]
  /** What will leave: its hash (lower-case hex), size, and how much was masked. Never the content. */
  readonly released?: { readonly sha256: string; readonly bytes: number; readonly redactions: number }
  /** An edit: its id, and hashes of the file before and after it. What `released` speaks of is the diff that was shown. */
  readonly edit?: { readonly id: string; readonly before: string; readonly after: string }
  readonly why: {
    readonly decision: string
    readonly policies: readonly string[]
    readonly grant?: string
    readonly consent: Consent
  }
}

/** What became of an intent. */
export type OutcomeEvent = {
  readonly v: 1
  readonly kind: 'outcome'
  /** Index of the intent. */
  readonly intent: number
  readonly result: 'delivered' | 'undelivered' | 'failed'
  readonly code?: FaultCode
}

/** What the gateway did under one intent: hashes and sizes, never prompts or answers. */
type CallsEvent = {
  readonly v: 1
  readonly kind: 'calls'
  /** Index of the intent that allowed them. */
  readonly intent: number
  readonly calls: readonly {
    readonly status: number
    /** Milliseconds. */
    readonly took: number
    readonly sent: { readonly bytes: number; readonly sha256: string | null }
    readonly received: { readonly bytes: number; readonly sha256: string | null }
    readonly tokens?: { readonly input: number; readonly output: number; readonly isEstimated: boolean }
    readonly cost?: number
    readonly code?: string
    readonly isProbing?: true
  }[]
}

/** A secret was about to come back to a client, and was masked. */
type ExposureEvent = {
  readonly v: 1
  readonly kind: 'exposure'
  readonly intent: number
  /** Keyed hash of the secret's name. */
  readonly name: string
}

/** A route to an API was set or removed by a person. */
type RouteEvent = {
  readonly v: 1
  readonly kind: 'route'
  readonly what: 'set' | 'remove' | 'stop' | 'resume'
  /** `*`: all of them. */
  readonly route: string
  readonly baseUrl?: string
}

/** A phantom token was given to an assistant, or ended; never the token. */
type PhantomEvent = {
  readonly v: 1
  readonly kind: 'phantom'
  readonly what: 'issue' | 'end'
  readonly phantom: string
  readonly assistant: string
  readonly route: string
  readonly expiresAt?: number | null
  readonly reason?: string
}

/** Something was refused, and why. */
export type DenialEvent = {
  readonly v: 1
  readonly kind: 'denial'
  readonly who: Asker
  readonly what: Deed
  readonly object: EventObject
  readonly code: FaultCode
  readonly policies: readonly string[]
}

/** A person answered a card, or nobody did. */
export type ConsentEvent = {
  readonly v: 1
  readonly kind: 'consent'
  /** Digest of the card. */
  readonly card: string
  readonly decision: 'allowed' | 'denied' | 'timed-out' | 'withdrawn'
  /** Where the person answered; `time-out`, `withdrawal` or `closing` where nobody did. */
  readonly method: string
  readonly assistant: string
  readonly destination: string
  readonly asked: 'read' | 'list' | 'access' | 'edit' | 'call'
  /** As they stood on the card; those beyond 15,000 characters are left out. */
  readonly paths: readonly string[]
  readonly classes: readonly string[]
  /** How far it was allowed. */
  readonly scope?: string
}

/** A right was given for longer than once. */
export type GrantEvent = {
  readonly v: 1
  readonly kind: 'grant'
  readonly grant: string
  readonly assistant: string
  readonly scope: string
  readonly path: string
  readonly expiresAt: number
  readonly method: string
}

/** A right ended before its time. */
export type RevocationEvent = {
  readonly v: 1
  readonly kind: 'revocation'
  readonly grant: string
  readonly reason: string
}

/** A person takes an edit back. Recorded before it is done. */
type UndoEvent = { readonly v: 1; readonly kind: 'undo'; readonly edit: string }

/** The house was opened or shut. */
export type LifecycleEvent = {
  readonly v: 1
  readonly kind: 'lifecycle'
  readonly what: 'start' | 'stop' | 'unlock' | 'lock'
  readonly version?: string
  /** Version of the policies in force, at a start. */
  readonly policy?: string
  /** Fingerprints of the passkeys that are enrolled, at an unlock. */
  readonly passkeys?: readonly string[]
  /** Requests that were refused while there was no key to record them with. */
  readonly deniedWhileLocked?: number
}

/** The policies were read anew: taken, or refused, and then `version` is the one that stays. */
export type PolicyEvent = {
  readonly v: 1
  readonly kind: 'policy'
  readonly what: 'loaded' | 'refused'
  /** SHA-256 over schema and texts, lower-case hex. */
  readonly version: string
  readonly code?: FaultCode
}

/** A person changed a file of the policies. Recorded before it is written; what was there is kept under its hash. */
type PolicyChangeEvent = {
  readonly v: 1
  readonly kind: 'policy.change'
  readonly file: string
  /** SHA-256 of the texts, lower-case hex; null where there was no file. */
  readonly before: string | null
  readonly after: string
}

/** A secret of the vault was set or removed. */
export type SecretEvent = {
  readonly v: 1
  readonly kind: 'secret'
  readonly what: 'set' | 'remove'
  /** Keyed hash of the secret's name. */
  readonly name: string
}

/** A passkey came or went, or signed a person in. Public keys are recorded, so that receipts can be checked by the log alone. */
export type PasskeyEvent = {
  readonly v: 1
  readonly kind: 'passkey'
  readonly what: 'add' | 'remove' | 'sign-in'
  /** Fingerprint: SHA-256 of the public key. */
  readonly passkey: string
  readonly label: string
  /** COSE number and SPKI, base64url. */
  readonly algorithm: number
  readonly publicKey: string
  /** On whose word it came or went: the first on that of a person at a terminal. */
  readonly by?: 'first' | 'recovery-code' | 'passkey'
  /** What the enrolled passkey signed. */
  readonly receipt?: Receipt
}

/** A connection that was refused before anything was asked: by its credentials, or because nobody could tell them. */
export type RefusalEvent = {
  readonly v: 1
  readonly kind: 'refusal'
  readonly code: FaultCode
}

/** A frame that was not finished when the program or the machine stopped was dropped. Nothing in it was acknowledged. */
export type RecoveryEvent = {
  readonly v: 1
  readonly kind: 'recovery'
  readonly droppedBytes: number
  /** Of the dropped bytes, lower-case hex. */
  readonly sha256: string
}

/** The wall clock went back: the next event is older than the one before, by the clock. */
export type ClockRollbackEvent = {
  readonly v: 1
  readonly kind: 'clock-rollback'
  readonly from: number
  readonly to: number
}

/** Recorded every hour while the log is open, so that suppression shows as a gap. */
export type HeartbeatEvent = { readonly v: 1; readonly kind: 'heartbeat' }

/** This machine became a device of an organisation, was attested anew, or is none any more. */
type DeviceEvent = {
  readonly v: 1
  readonly kind: 'device'
  readonly what: 'enrol' | 'renew' | 'forget' | 'revoked'
  readonly issuer: string
  readonly device: string
  /** What the issuer signed, where it revoked the device. */
  readonly statement?: string
}

/** A token of minutes was given to a tool that cannot ask for one itself. Recorded before it is given; never the token. */
type TokenEvent = {
  readonly v: 1
  readonly kind: 'token'
  readonly audience: string
  readonly scope: string
}

/** Something happened to an organisation's devices, people or keys. Recorded by its token server. */
export type FleetEvent = {
  readonly v: 1
  readonly kind: 'fleet'
  /** `enrol`, `approve`, `revoke`, `quarantine`, `propose`, `release`, `suspend`, `deny`, `key` and their like. */
  readonly what: string
  /** What it happened to, each by its id. */
  readonly tenant?: string
  readonly user?: string
  readonly device?: string
  readonly key?: string
  /** Administrator who did it; left out where the server did. */
  readonly by?: string
  readonly reason?: string
  /** Why it was refused. */
  readonly code?: FaultCode
  /** Number in the feed of denials. */
  readonly seq?: number
  readonly receipt?: Receipt
}

/** How many tokens a server issued and refused since it last said so: what a stolen signing key issues is not in here. */
export type IssuedEvent = {
  readonly v: 1
  readonly kind: 'issued'
  readonly issued: number
  readonly refused: number
}

/** Everything that is recorded. */
export type JournalEvent =
  | IntentEvent
  | OutcomeEvent
  | CallsEvent
  | ExposureEvent
  | RouteEvent
  | PhantomEvent
  | DenialEvent
  | ConsentEvent
  | GrantEvent
  | RevocationEvent
  | UndoEvent
  | LifecycleEvent
  | PolicyEvent
  | PolicyChangeEvent
  | SecretEvent
  | PasskeyEvent
  | RefusalEvent
  | RecoveryEvent
  | ClockRollbackEvent
  | HeartbeatEvent
  | DeviceEvent
  | TokenEvent
  | FleetEvent
  | IssuedEvent

/** One event as it is read back. */
export interface Entry {
  readonly index: number
  /** Milliseconds since 1970-01-01 UTC, by the wall clock of the writer. */
  readonly time: number
  /** With `elapsed`, the writer's monotonic clock in milliseconds. Null: the payload or its key was deleted. */
  readonly event: Readonly<Record<string, Json>> | null
}
