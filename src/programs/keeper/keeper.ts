// Answers the broker: opens and shuts the vault, and does with keys and secrets what must be done where they are.
import { asFault, Fault, type Clock, type Random } from '#base'
import { dayKeys, keyFor, readHeader, type SecretEntry, type Slot, type Vault } from '#vault'
import {
  SealingKey,
  type Assurance,
  type Handlers,
  type KeySlotInfo,
  type ReplyOf,
  type RequestOf,
  type SecretInfo,
} from '#wire'
import { deviceOf, forgetDevice, keepDevice, makeDevice, signProof } from './device.ts'
import { enrol, handOut } from './handout.ts'
import { changeRoute, lease, routesIn } from './routes.ts'
import { openOrCreate, type Open } from './unlocking.ts'

export interface KeeperOptions {
  /** Folder of the vault. */
  readonly dir: string
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
  /** Takes a sentence for people, such as on a repaired mode. */
  readonly report: (sentence: string) => void
}

const weakestFirst: readonly Assurance[] = ['file', 'passphrase', 'system', 'hardware']

/** Holds the open vault. What is sealed to this start's key can be opened nowhere else. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #sealing = new SealingKey()
  #open: Open | null = null
  #turn: Promise<unknown> = Promise.resolve()

  readonly handlers: Handlers = {
    'keeper.status': () => this.#status(),
    'keeper.unlock': ({ sealed }) => this.#inTurn(() => this.#unlock(sealed)),
    'keeper.lock': () => this.#inTurn(async () => this.lock()),
    'keeper.days': ({ days }) => ({ days: dayKeys(this.#vault(), days, this.#options) }),
    'keeper.table': () => this.#table(),
    'keeper.enrol': (enrolled) => {
      enrol(this.#vault(), enrolled)
      return {}
    },
    'keeper.device': () => deviceOf(this.#vault()),
    'keeper.generate': () => makeDevice(this.#vault()),
    'keeper.attest': (news) => {
      keepDevice(this.#vault(), news)
      return {}
    },
    'keeper.forget': () => {
      forgetDevice(this.#vault())
      return {}
    },
    'keeper.routes': () => ({ routes: [...routesIn(this.#vault())] }),
    'keeper.route': (change) => {
      changeRoute(this.#vault(), change)
      return {}
    },
    'keeper.lease': (request) => lease(this.#vault(), request, this.#options.random),
    'keeper.prove': ({ input }) => signProof(this.#vault(), input),
    'secret.set': (request) => this.#set(request),
    'secret.list': () => ({ secrets: this.#vault().list('secret').map(infoOf) }),
    'secret.remove': ({ name }) => {
      this.#vault().remove('secret', name)
      return {}
    },
  }

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  get phase(): 'locked' | 'ready' {
    return this.#open === null ? 'locked' : 'ready'
  }

  /** Zeroes the keys and gives the vault's folder back. */
  lock(): Record<string, never> {
    this.#open?.vault.close()
    this.#open = null
    return {}
  }

  #status(): ReplyOf<'keeper.status'> {
    const slots = this.#slots()
    return {
      exists: slots !== null,
      unlocked: this.#open !== null,
      assurance: assuranceOf(slots ?? []),
      slots: (slots ?? []).map(slotInfoOf),
      secrets: this.#open?.vault.list('secret').length ?? null,
      publicKey: this.#sealing.publicKey,
    }
  }

  /** Null without a vault. One whose header cannot be read has no slots to show; unlocking says why. */
  #slots(): readonly Slot[] | null {
    try {
      return this.#open?.vault.slots ?? readHeader(this.#options.dir).slots
    } catch (thrown) {
      return asFault(thrown).code === 'vault-absent' ? null : []
    }
  }

  async #unlock(sealed: string | undefined): Promise<ReplyOf<'keeper.unlock'>> {
    const passphrase = sealed === undefined ? null : this.#sealing.open(sealed, 'vault.unlock')
    const wasOpen = this.#open !== null
    try {
      this.#open ??= await openOrCreate(this.#options, passphrase)
    } finally {
      passphrase?.dispose()
    }
    const { vault, slot, created } = this.#open
    if (!wasOpen) vault.repairs.forEach((repair) => this.#options.report(repair))
    return {
      assurance: assuranceOf(vault.slots) ?? slot.assurance,
      created: created && !wasOpen,
      slot: slotInfoOf(slot),
      ...handOut(vault, this.#options),
    }
  }

  #set({ name, sealed }: RequestOf<'secret.set'>): SecretInfo {
    using value = this.#sealing.open(sealed, `secret.set\0${name}`)
    return infoOf(this.#vault().put({ kind: 'secret', name, value }))
  }

  /** The table of known secrets, for programs that must find them without holding them. */
  async #table(): Promise<ReplyOf<'keeper.table'>> {
    const { knownTable } = await import('#forms')
    const vault = this.#vault()
    const known = vault.list('secret').map(({ name }) => ({ name, secret: vault.get('secret', name) }))
    try {
      const { random } = this.#options
      const pseudonymKey = keyFor('keyreeve/pseudonyms/v1', vault, random)
      return { table: knownTable(known, random).table, pseudonymKey }
    } finally {
      known.forEach(({ secret }) => secret.dispose())
    }
  }

  #vault(): Vault {
    if (this.#open === null) throw new Fault('locked', 'the vault is locked')
    return this.#open.vault
  }

  /** Unlocking takes a while; a second one, or a lock, waits for it. */
  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(act)
    this.#turn = result.catch(() => {})
    return result
  }
}

/** A vault is as safe as its weakest slot, since any one opens it. */
function assuranceOf(slots: readonly Slot[]): Assurance | null {
  return weakestFirst.find((level) => slots.some(({ assurance }) => assurance === level)) ?? null
}

function slotInfoOf({ id, kind, assurance, createdAt, place }: Slot): KeySlotInfo {
  return { id, kind, assurance, createdAt, place }
}

function infoOf({ name, version, createdAt, updatedAt, bytes }: SecretEntry): SecretInfo {
  return { name, version, createdAt, updatedAt, bytes }
}
