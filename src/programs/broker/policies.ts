// The policies in force: read at start, and again when their folder changes, if what is there holds.
import { asFault } from '#base'
import { defaultPolicy, loadPolicies, type Policies, type PolicySource } from '#policy'
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs'
import { endGrants } from './granting.ts'
import type { House } from './house.ts'
import { append } from './journalling.ts'

/** An editor writes a file in several steps, and several files one after the other. */
const settling = 250

/** The shipped policy, and with it all of the folder; never-rules always stay. @throws Fault `policy-invalid` */
export function readPolicies(folder: string): Policies {
  return loadPolicies([defaultPolicy, ...readFiles(folder)])
}

/** The person's own texts, in the order of their names. */
export function readFiles(folder: string): PolicySource[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cedar')) : []
  return names.toSorted().map((name) => ({ name, text: readFileSync(`${folder}/${name}`, 'utf8') }))
}

/** Follows the folder of policies. @returns Ends that. */
export function followPolicies(house: House): () => void {
  let cancel: () => void = nothing
  const watcher = watch(house.places.policies, { persistent: false }, () => {
    cancel()
    cancel = house.clock.after(settling, () => reloadPolicies(house))
  })
  // A folder that is gone changes no more; what was read from it stays in force.
  watcher.on('error', () => {})
  return () => {
    cancel()
    watcher.close()
  }
}

function nothing(): void {}

/** Takes what the folder holds now. Texts that do not hold change nothing; the grants of other policies end. */
function reloadPolicies(house: House): void {
  const { version } = house.policies
  try {
    const fresh = readPolicies(house.places.policies)
    house.policyProblem = null
    if (fresh.version !== version) takePolicies(house, fresh)
  } catch (thrown) {
    house.policyProblem = asFault(thrown, 'the policies could not be read')
    append(house, { v: 1, kind: 'policy', what: 'refused', version, code: house.policyProblem.code })
  }
}

/** Puts policies in force, and ends the grants that were given under others. @returns How many ended. */
export function takePolicies(house: House, fresh: Policies): number {
  house.policies = fresh.withGrants(house.opened?.grants.live() ?? [])
  append(house, { v: 1, kind: 'policy', what: 'loaded', version: fresh.version })
  return endGrants(house, ({ policy }) => policy !== fresh.version, 'policy-changed')
}
