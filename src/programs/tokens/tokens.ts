// Enrols this machine as a device, and keeps its tokens fresh. Proofs are signed by the keeper, through the broker.
import { Fault, fromBase64url, latin1, type Clock, type Milliseconds, type Random } from '#base'
import { acceptOffline, requestOffline } from './offline.ts'
import { attestationTerm, thumbprint, type PublicJwk, type Sign } from '#token'
import {
  deviceMint,
  enrolByCode,
  enrolByInvitation,
  enrolInBrowser,
  issuerKeys,
  posterTo,
  tokenSource,
  type DeviceMint,
  type Enrolling,
  type MintAnswer,
  type TokenSource,
} from '#tokenclient'
import { Channel, type Handlers, type ReplyOf, type RequestOf } from '#wire'
import type { Duplex } from 'node:stream'

/** What the process lends. */
export interface TokensOptions {
  /** The pipe to the broker. */
  readonly stream: Duplex
  readonly clock: Clock
  readonly random: Random
}

/** Milliseconds that `tokens.wait` is held. */
const hold: Milliseconds = 20_000
/** Tokens that are kept at the same time: one for each audience with its scopes. */
const mostSources = 64

/** Serves the broker until it goes away. */
export async function runTokens(options: TokensOptions): Promise<void> {
  const tokens = new Tokens(options, () => broker)
  const broker = new Channel({
    stream: options.stream,
    self: 'tokens',
    peer: 'broker',
    clock: options.clock,
    phase: () => 'ready',
    handlers: tokens.handlers,
  })
  await broker.closed
  tokens.close()
}

interface Source {
  readonly audience: string
  readonly scope: string
  readonly tokens: TokenSource
  endsAt: Milliseconds
}

const unknown = { server: 'untried', fingerprint: null, attestedUntil: null } as const

function knownOf({ jwk, attestation }: { jwk: PublicJwk; attestation: string }) {
  return { fingerprint: thumbprint(jwk), attestedUntil: attestationTerm(attestation)?.until ?? null }
}

class Tokens {
  readonly #options: TokensOptions
  readonly #broker: () => Channel
  readonly #sources = new Map<string, Source>()
  #mint: DeviceMint | null = null
  #known: Omit<ReplyOf<'tokens.state'>, 'tokens'> = unknown
  #enrolling: (Enrolling & { readonly jwk: PublicJwk }) | null = null

  readonly handlers: Handlers = {
    'tokens.enrol': (request) => this.#enrol(request),
    'tokens.wait': () => this.#wait(),
    'tokens.use': (device) => this.#use(device),
    'tokens.get': (wanted) => this.#get(wanted),
    'tokens.offline': (request) => requestOffline(request, { ...this.#options, sign: this.#sign }),
    'tokens.accept': (request) => acceptOffline(request),
    'tokens.state': () => ({
      ...this.#known,
      tokens: [...this.#sources.values()].map((source) => ({
        audience: source.audience,
        scope: source.scope,
        state: source.tokens.state(),
        expiresIn: this.#leftOf(source),
      })),
    }),
  }

  constructor(options: TokensOptions, broker: () => Channel) {
    this.#options = options
    this.#broker = broker
  }

  close(): void {
    this.#enrolling?.cancel()
    for (const { tokens } of this.#sources.values()) tokens.close()
    this.#sources.clear()
  }

  /** The keeper signs; it looks at what it signs. */
  readonly #sign: Sign = async (input) => {
    const { signature } = await this.#broker().ask('device.sign', { input: latin1(input) })
    return fromBase64url(signature)
  }

  async #enrol({
    flow,
    invitation = '',
    ...wish
  }: RequestOf<'tokens.enrol'>): Promise<ReplyOf<'tokens.enrol'>> {
    this.#enrolling?.cancel()
    const { clock, random } = this.#options
    const options = { ...wish, sign: this.#sign, clock, random }
    const enrol = { browser: enrolInBrowser, code: enrolByCode, invitation: enrolByInvitation }[flow]
    this.#enrolling = { ...(await enrol(options, invitation)), jwk: wish.jwk }
    this.#enrolling.done.catch(() => {})
    const { url, userCode } = this.#enrolling
    return { url, userCode }
  }

  async #wait(): Promise<ReplyOf<'tokens.wait'>> {
    if (this.#enrolling === null) throw new Fault('enrolment-failed', 'nothing is being enrolled')
    const late = Promise.withResolvers<null>()
    const cancel = this.#options.clock.after(hold, () => late.resolve(null))
    try {
      const { done, jwk } = this.#enrolling
      const enrolment = await Promise.race([done, late.promise])
      if (enrolment === null) return { enrolled: null }
      this.#enrolling = null
      return { enrolled: { jwk, enrolment } }
    } catch (thrown) {
      this.#enrolling = null
      throw thrown
    } finally {
      cancel()
    }
  }

  async #use({ jwk, enrolment, joinState }: RequestOf<'tokens.use'>): Promise<Record<string, never>> {
    this.close()
    this.#known = { ...unknown, ...knownOf({ jwk, ...enrolment }) }
    const keys = issuerKeys(enrolment.jwksUri, this.#options.clock)
    await keys.learn('').catch(() => {})
    let state = joinState ?? undefined
    this.#mint = deviceMint(
      {
        ...enrolment,
        jwk,
        sign: this.#sign,
        keyOf: (kid) => {
          // One that is not known yet is looked for, for the next time.
          void keys.learn(kid).catch(() => {})
          return keys.of(kid)
        },
        keepAttestation: async (renewed) => {
          await this.#broker().ask('device.renewed', renewed)
          this.#known = { ...this.#known, ...knownOf({ jwk, ...renewed }) }
        },
        joinState: {
          read: async () => state,
          write: async (next) => {
            state = next
            await this.#broker().ask('device.join', { joinState: next })
          },
        },
      },
      { post: posterTo(enrolment.tokenEndpoint), clock: this.#options.clock, random: this.#options.random },
    )
    return {}
  }

  async #get({ audience, scope }: RequestOf<'tokens.get'>): Promise<ReplyOf<'tokens.get'>> {
    const mint = this.#mint
    if (mint === null) throw new Fault('device-unknown', 'this machine is no enrolled device')
    const name = `${scope.toSorted().join(' ')}\n${audience}`
    const source = this.#sources.get(name) ?? this.#open(name, { mint, audience, scope })
    const token = await source.tokens.get()
    return { token, expiresIn: this.#leftOf(source) }
  }

  /** Seconds. */
  #leftOf({ endsAt }: Source): number {
    return Math.max(0, Math.floor((endsAt - this.#options.clock.monotonic()) / 1000))
  }

  #open(
    name: string,
    { mint, audience, scope }: { mint: DeviceMint; audience: string; scope: readonly string[] },
  ): Source {
    if (this.#sources.size >= mostSources) this.#dropOldest()
    const { clock, random } = this.#options
    const minted = async (): Promise<MintAnswer> => {
      const answer = await mint({ resource: audience, scope }).catch((thrown: unknown) => {
        this.#known = { ...this.#known, server: 'unreachable' }
        throw thrown
      })
      const isAway = 'fault' in answer && answer.fault.code === 'issuer-unreachable'
      this.#known = { ...this.#known, server: isAway ? 'unreachable' : 'reachable' }
      if ('token' in answer) source.endsAt = clock.monotonic() + answer.life
      else if (answer.statement !== undefined) {
        this.#broker().tell('device.revoked', { statement: answer.statement })
      }
      return answer
    }
    const tokens = tokenSource({ mint: minted, clock, random })
    const source: Source = { audience, scope: scope.join(' '), tokens, endsAt: 0 }
    this.#sources.set(name, source)
    return source
  }

  #dropOldest(): void {
    const [oldest] = this.#sources
    if (oldest === undefined) return
    oldest[1].tokens.close()
    this.#sources.delete(oldest[0])
  }
}
