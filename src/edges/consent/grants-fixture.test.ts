// A store of grants on a clock of the test, and approvals as a desk would give them.
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { ManualClock, Secret, type Clock } from '#base'
import type { Caller } from '#wire'
import { approve, type Approval, type ApprovedObject } from './approval.ts'
import { programOf } from './card.ts'
import { GrantStore } from './grants.ts'

export const folder = fs.mkdtempSync(join(tmpdir(), 'keyreeve-grants-'))
after(() => fs.rmSync(folder, { recursive: true }))

/** A clock whose wall can be set without time passing. */
export class WallClock implements Clock {
  readonly manual = new ManualClock()
  offset = 0
  now = () => this.manual.now() + this.offset
  monotonic = () => this.manual.monotonic()
  after = (delay: number, act: () => void) => this.manual.after(delay, act)
}

export const hour = 3_600_000
export const identity = { device: '1', inode: '2' }
export const caller: Caller = {
  assistant: 'claude-code',
  destination: 'cloud:api.example.com',
  proved: {
    uid: 1000,
    pid: 42,
    executable: '/usr/bin/node',
    sha256: 'a'.repeat(64),
    package: null,
    launcher: null,
    ancestry: [],
  },
  claimed: null,
}
export const policy = 'e'.repeat(64)
export const random = (length: number) => Uint8Array.from(randomBytes(length))
let files = 0

export function setUp(clock = new WallClock()) {
  const file = join(folder, `grants-${++files}`)
  const options = { file, key: Secret.own(new Uint8Array(32).fill(7)), clock, random }
  return { file, clock, options, store: GrantStore.open(options) }
}

let cards = 0

/** Stands in for a desk: the same function, called with the same facts. */
export function approvalOf(clock: Clock, ...objects: ApprovedObject[]): Approval {
  return approve({
    card: `card-${++cards}`,
    digest: '0'.repeat(64),
    content: null,
    assistant: caller.assistant,
    destination: caller.destination,
    program: programOf(caller),
    scope: 'folder-hour',
    objects,
    level: 1,
    method: 'console',
    receipt: null,
    answeredAt: clock.now(),
    answeredMonotonic: clock.monotonic(),
  })
}

export function grantFolder(
  { store, clock }: Pick<ReturnType<typeof setUp>, 'store' | 'clock'>,
  path = '/p',
) {
  const approval = approvalOf(clock, { scope: 'folder-hour', path })
  return store.add({ approval, caller, policy, path, identity })
}

export function grantFile(
  { store, clock }: Pick<ReturnType<typeof setUp>, 'store' | 'clock'>,
  session = 's1',
) {
  const approval = approvalOf(clock, { scope: 'file-session', path: '/p/x' })
  return store.add({ approval, caller, policy, path: '/p/x', identity, session })
}
