// The system's keystore: Secret Service on Linux, the keychain on macOS, the Credential Manager on Windows.
import { Fault, Secret, hex, type Clock, type Random } from '#base'
import { timingSafeEqual } from 'node:crypto'
import { slotKeyBytes, type Keystore } from './keystore.ts'

const service = 'keyreeve'
/** A locked store may show a prompt of its own; a person gets this long to answer it. */
const patience = 60_000

export interface SystemSurroundings {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
}

/** The part of the addon that is used: one item of the store. */
interface Item {
  getSecret(): Promise<number[] | null>
  setSecret(secret: Uint8Array): Promise<void>
  deleteCredential(): Promise<boolean>
}

/**
 * Keeps the key in the store of the person's session. On Linux the backend is pinned: by default the addon would fall
 * back to the kernel's keyring without a word, and that one is empty after a reboot.
 */
export function systemStore(surroundings: SystemSurroundings): Keystore {
  const { platform, clock, random } = surroundings
  const about = { kind: 'system', assurance: 'system', place: placeOf(platform) } as const
  const within = <Result>(act: () => Promise<Result>) => guarded(act, clock)
  const itemOf = (account: string) => within(() => openItem(account, surroundings))
  return {
    ...about,
    async probe() {
      await tryOut(await itemOf(`probe-${hex(random(8))}`), { within, random })
    },
    async enrol(vault) {
      await this.probe()
      const item = await itemOf(vault)
      if ((await within(() => item.getSecret())) !== null) {
        throw new Fault('usage', 'the system keystore holds a key of this vault already')
      }
      const key = random(slotKeyBytes)
      await within(() => item.setSecret(key))
      return { ...about, params: {}, key: Secret.own(key) }
    },
    async unlock(vault) {
      const item = await itemOf(vault)
      const found = await within(() => item.getSecret())
      if (found?.length !== slotKeyBytes) {
        throw new Fault('keystore-lost', `${about.place} works, but the key of this vault is not in it`)
      }
      const key = Secret.own(Uint8Array.from(found))
      found.fill(0)
      return key
    },
  }
}

function placeOf(platform: string): string {
  if (platform === 'darwin') return 'in the macOS keychain'
  if (platform === 'win32') return 'in the Windows Credential Manager'
  return 'in the Secret Service of your session (such as GNOME Keyring or KWallet)'
}

type Within = <Result>(act: () => Promise<Result>) => Promise<Result>

/** Writes, reads back and removes a value that means nothing. */
async function tryOut(item: Item, { within, random }: { within: Within; random: Random }): Promise<void> {
  const written = random(slotKeyBytes)
  await within(() => item.setSecret(written))
  const read = Uint8Array.from((await within(() => item.getSecret())) ?? [])
  await within(() => item.deleteCredential())
  if (read.length !== written.length || !timingSafeEqual(read, written)) {
    throw new Fault('keystore-absent', 'the system keystore does not give back what it was given')
  }
}

async function openItem(account: string, { platform, env }: SystemSurroundings): Promise<Item> {
  // Without a session bus there is no Secret Service; asking for one anyway would load the addon to hear the same.
  if (platform === 'linux' && (env['DBUS_SESSION_BUS_ADDRESS'] ?? '') === '') {
    throw new Fault('keystore-absent', 'there is no session bus, so no Secret Service')
  }
  const { AsyncEntry } = await import('@napi-rs/keyring')
  return new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
}

/** Runs a call to the store with a limit on its time, and gives its failure a code. */
async function guarded<Result>(act: () => Promise<Result>, clock: Clock): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const cancel = clock.after(patience, () =>
    reject(new Fault('keystore-locked', 'the system keystore does not answer')),
  )
  try {
    return await Promise.race([act(), late])
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : storeFault(thrown)
  } finally {
    cancel()
  }
}

/**
 * The addon gives one code for all failures, so its text decides: a store that is there but refuses is locked, anything
 * else is absent. Recorded from version 2.1.2 with GNOME Keyring 42; the macOS and Windows texts are from their systems'
 * documentation and not proved.
 */
function storeFault(thrown: unknown): Fault {
  const text = thrown instanceof Error ? thrown.message : ''
  if (/prompt was dismissed|is locked|interaction is not allowed|user canceled/i.test(text)) {
    return new Fault('keystore-locked', 'the system keystore is locked', { cause: thrown })
  }
  return new Fault('keystore-absent', 'the system keystore cannot be reached', { cause: thrown })
}
