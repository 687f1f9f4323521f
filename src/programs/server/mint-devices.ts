// Devices and attestations that were looked at lately, so that a mint costs one verification and one commit.
import type { Clock, Milliseconds } from '#base'
import { checkAttestation, publicKeyOf, type Attestation, type PublicJwk } from '#token'
import type { KeyObject } from 'node:crypto'

/** What a mint needs to know of a device. */
export interface MintDevice {
  readonly id: string
  readonly tenant: string
  readonly user: string
  readonly jkt: string
  readonly epoch: number
  readonly status: 'pending' | 'active' | 'quarantined' | 'revoked'
  readonly scopes: readonly string[]
}

/** The part of the registry that a mint uses. */
export interface MintRegistry {
  readonly devices: { byThumbprint(jkt: string): Promise<MintDevice | null> }
  readonly mints: {
    /** Uses up the proof and moves the join state on, if the device is active at that moment. */
    take(attempt: {
      readonly proofKey: string
      readonly proofPlace: string
      readonly staleAt: Milliseconds
      readonly device: string
      readonly joinState: string
      readonly nextJoinState: string
    }): Promise<'minted' | 'replayed' | 'diverged' | 'refused'>
  }
}

/** How long a device is believed to be as it was. Whether it is active is asked at each mint all the same. */
const deviceLife: Milliseconds = 10_000
const mostKept = 100_000

/** The memory. */
export interface KnownDevices {
  /** Null for what is no good attestation. @param text Attacker-controlled. */
  attested(text: string): Promise<Attestation | null>
  byThumbprint(jkt: string): Promise<MintDevice | null>
  /** To be called when the registry says otherwise than we. */
  forget(jkt: string): void
  /** @throws Fault `key-invalid` */
  readonly keyOf: (jkt: string, jwk: PublicJwk) => KeyObject
}

interface Vouched {
  readonly attestation: Attestation
  /** The key that vouches. Once it is denied, so is all that it signed. */
  readonly kid: string
}

/** Makes an empty memory. */
export function knownDevices({
  issuer,
  registry,
  keys,
  clock,
}: {
  readonly issuer: string
  readonly registry: MintRegistry
  readonly keys: { keyOf(kid: string): KeyObject | undefined }
  readonly clock: Clock
}): KnownDevices {
  const vouched = new Map<string, Vouched>()
  const publicKeys = new Map<string, KeyObject>()
  const devices = new Map<string, { readonly device: MintDevice; readonly until: Milliseconds }>()

  return {
    async attested(text) {
      const known = vouched.get(text)
      if (known !== undefined && keys.keyOf(known.kid) && known.attestation.expiresAt > clock.now()) {
        return known.attestation
      }
      let signedBy = ''
      const keyOf = (kid: string) => keys.keyOf((signedBy = kid))
      try {
        const attestation = await checkAttestation(text, { issuer, now: clock.now(), keyOf })
        keep(vouched, text, { attestation, kid: signedBy })
        keep(publicKeys, attestation.jkt, publicKeyOf(attestation.jwk))
        return attestation
      } catch {
        vouched.delete(text)
        return null
      }
    },
    async byThumbprint(jkt) {
      const known = devices.get(jkt)
      if (known !== undefined && clock.monotonic() < known.until) return known.device
      const device = await registry.devices.byThumbprint(jkt)
      if (device !== null) keep(devices, jkt, { device, until: clock.monotonic() + deviceLife })
      return device
    },
    forget: (jkt) => void devices.delete(jkt),
    keyOf: (jkt, jwk) => publicKeys.get(jkt) ?? publicKeyOf(jwk),
  }
}

function keep<Value>(map: Map<string, Value>, name: string, value: Value): void {
  map.set(name, value)
  if (map.size <= mostKept) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
