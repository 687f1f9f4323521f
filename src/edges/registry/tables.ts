// Rows as they lie in the database. Only text and whole numbers, which every engine keeps alike; times in milliseconds.

/** Tables that take turns to remember what was used once. Which is whose turn says `once.ts`. */
export const slots = ['once_0', 'once_1', 'once_2', 'once_3', 'once_4', 'once_5'] as const

export type Slot = (typeof slots)[number]

export type Tables = Record<Slot, { readonly key: string }> & {
  readonly schema_steps: { readonly step: number; readonly at: number }
  readonly counters: { readonly name: string; readonly value: number }
  readonly models: ModelRow
  readonly device_keys: { readonly jkt: string; readonly at: number }
  readonly devices: DeviceRow
  readonly revocations: RevocationRow
  readonly signing_keys: SigningKeyRow
  readonly approvals: ApprovalRow
  readonly users: UserRow
  readonly suspensions: SuspensionRow
  readonly outbox: OutgoingRow
}

export interface ModelRow {
  readonly kind: string
  readonly id: string
  readonly grant_id: string | null
  readonly uid: string | null
  readonly user_code: string | null
  readonly payload: string
  readonly expires_at: number
  readonly consumed_at: number | null
}

export interface DeviceRow {
  readonly id: string
  readonly tenant: string
  readonly user_id: string
  readonly jkt: string
  readonly x: string
  readonly y: string
  readonly epoch: number
  readonly status: 'pending' | 'active' | 'quarantined' | 'revoked'
  readonly scopes: string
  readonly label: string
  readonly enrolled_at: number
  readonly seen_at: number
  readonly join_state: string
  readonly join_previous: string
}

export interface RevocationRow {
  readonly seq: number
  readonly kind: 'device' | 'user' | 'tenant' | 'key' | 'all'
  readonly id: string
  readonly bound: number
  readonly until: number
}

export interface SigningKeyRow {
  readonly kid: string
  readonly wrapped: string
  readonly x: string
  readonly y: string
  readonly state: 'next' | 'current' | 'retiring' | 'denied'
  readonly since: number
  readonly until: number
}

export interface ApprovalRow {
  readonly id: string
  readonly action: string
  readonly target: string
  readonly asked_by: string
  readonly asked_at: number
  readonly until: number
  readonly approved_by: string | null
  readonly approved_at: number | null
  readonly spent_at: number | null
}

export interface UserRow {
  readonly id: string
  readonly tenant: string
  readonly issuer: string
  readonly subject: string
  readonly label: string
  readonly since: number
}

interface SuspensionRow {
  readonly kind: 'user' | 'tenant'
  readonly id: string
  readonly since: number
}

interface OutgoingRow {
  readonly id: string
  readonly receiver: string
  readonly payload: string
  readonly attempts: number
  readonly next_at: number
  readonly until: number
}
