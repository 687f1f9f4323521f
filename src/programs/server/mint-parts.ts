// What the lean way to a token is made of.
import type { Clock, Fault, Random } from '#base'
import type { AuthorizationDetail, Proof } from '#token'
import type { KeyObject } from 'node:crypto'
import type { Limit, SourceOf } from './limits.ts'
import type { KnownDevices, MintDevice, MintRegistry } from './mint-devices.ts'
import type { Nonces } from './mint-nonces.ts'

/** What the lean way is made of. */
export interface LeanMintOptions {
  readonly issuer: string
  /** As it is called from outside. */
  readonly tokenEndpoint: string
  readonly registry: MintRegistry
  readonly keys: {
    current(): { readonly kid: string; readonly privateKey: KeyObject }
    /** Those that attestations may be signed with. @param kid Attacker-controlled. */
    keyOf(kid: string): KeyObject | undefined
  }
  readonly nonces: Nonces
  /** 32 bytes, the same in all processes. */
  readonly joinSecret: Uint8Array
  /** Scopes that there are at a resource; undefined for one that is not ours. @param resource Attacker-controlled. */
  readonly scopesAt: (resource: string) => readonly string[] | undefined
  /** Details that a device is given. @throws Fault `scope-invalid` @param asked Attacker-controlled. */
  readonly detailsFor: (device: MintDevice, asked: unknown) => readonly AuthorizationDetail[] | undefined
  /** Where a request comes from. */
  readonly sourceOf: SourceOf
  /** Whether the owner of a device gets no new token. */
  readonly isSuspended: (device: MintDevice) => Promise<boolean>
  /** Two hold the key of a device: it is quarantined by now. */
  readonly onDiverged: (device: MintDevice) => void
  /** Something of ours failed. */
  readonly onFault: (fault: Fault) => void
  readonly clock: Clock
  readonly random: Random
}

/** The same with what it keeps in memory. */
export interface Minting extends LeanMintOptions {
  readonly devices: KnownDevices
  readonly limits: { readonly device: Limit; readonly tenant: Limit; readonly source: Limit }
}

/** Whoever proved to hold the key of an enrolled device. */
export interface Asking {
  readonly device: MintDevice
  readonly proof: Proof
}
