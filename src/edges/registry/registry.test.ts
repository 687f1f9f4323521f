import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once as event } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '#base'
import { noPostgres, startPostgres } from '../../../test/postgres.ts'
import { openRegistry, type NewDevice, type Registry, type RegistryPlace } from './index.ts'

const taker = join(import.meta.dirname, '../../../test/registry-taker.ts')
const minute = 60_000
/** What an attacker sends where a key, a name or a code is wanted. */
const shaped = `'; drop table devices; -- ") or 1=1 $1 ? \\ \u{1f511}`

describe('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-registry-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  cases(async () => ({ embedded: join(folder, 'state') }))

  test('openRegistry() keeps its files to the user', async () => {
    const own = join(folder, 'own')
    const registry = await openRegistry({ embedded: own }, new ManualClock())
    await registry.once.take('a', 'b', new ManualClock().now() + minute)
    assert.equal(statSync(own).mode & 0o777, 0o700)
    for (const name of ['registry.sqlite', 'registry.sqlite-wal']) {
      assert.equal(statSync(join(own, name)).mode & 0o777, 0o600, name)
    }
    await registry.close()
  })

  test('close() leaves nothing to be asked', async () => {
    const registry = await openRegistry({ embedded: join(folder, 'closed') }, new ManualClock())
    await registry.close()
    await assert.rejects(registry.devices.byId('a'))
  })
})

describe('postgres', { skip: noPostgres }, () => {
  const started = noPostgres === false ? startPostgres() : null
  after(async () => await (await started)?.[Symbol.asyncDispose]())
  cases(async () => ({ postgres: (await started)!.url }))
})

test('openRegistry() says that a database does not answer, and not where it is', async () => {
  const password = ['pass', 'word'].join('')
  await assert.rejects(
    openRegistry({ postgres: `postgres://a:${password}@127.0.0.1:1/none` }, new ManualClock()),
    (fault: Error & { code?: string }) =>
      fault.code === 'database-unavailable' &&
      !JSON.stringify([fault.message, fault.cause]).includes(password),
  )
  await assert.rejects(openRegistry({ postgres: 'mysql://a' }, new ManualClock()), { code: 'usage' })
})

function cases(place: () => Promise<RegistryPlace>): void {
  let opened: Promise<Registry> | null = null
  const clock = new ManualClock(Date.now())
  const open = (): Promise<Registry> => (opened ??= place().then((where) => openRegistry(where, clock)))
  after(async () => await (await opened)?.close())
  const soon = (): number => clock.now() + 5 * minute

  /** Three processes that start at once, on a database that is still empty. */
  let started: Promise<Other[]> | null = null
  const others = (): Promise<Other[]> =>
    (started ??= place().then((where) => Promise.all([1, 2, 3].map(() => start(where)))))
  after(async () => (await started)?.forEach(({ child }) => child.kill('SIGKILL')))

  test('openRegistry() migrates once where several processes start at once', async () => {
    await others()
    await open()
  })

  test('once.take() gives a key to one of 1,002 callers over three processes', async () => {
    for (const key of ['first', 'second']) {
      const won = await Promise.all((await others()).map(({ ask }) => ask(`race ${key} 334`)))
      assert.deepEqual(won.sort(), ['0', '0', '1'])
    }
  })

  test('models.consume() is given to one caller over three processes', async () => {
    const { models } = await open()
    await models.put('code', 'abc', { payload: { a: 1 }, expiresAt: soon() })
    const won = await Promise.all((await others()).map(({ ask }) => ask('consume abc 50')))
    assert.deepEqual(won.sort(), ['0', '0', '1'])
    assert.equal(typeof (await models.find('code', 'id', 'abc'))?.consumedAt, 'number')
  })

  test('once.take() loses nothing it acknowledged when its process is killed', async () => {
    const [victim] = await others()
    const seen: string[] = []
    victim!.lines((line) => seen.push(line))
    victim!.child.stdin!.write('fill - 100000\n')
    while (seen.length < 50) await new Promise((resume) => setTimeout(resume, 5))
    victim!.child.kill('SIGKILL')
    await event(victim!.child, 'exit')
    const { once } = await open()
    for (const key of seen) assert.equal(await once.take('fill', key, soon()), false, key)
  })

  test('once.take() tells purposes and keys apart, and takes no stale one', async () => {
    const { once } = await open()
    assert.equal(await once.take('a', 'bc', soon()), true)
    assert.equal(await once.take('ab', 'c', soon()), true)
    assert.equal(await once.take('a', 'bc', soon()), false)
    assert.equal(await once.take('a', 'stale', clock.now()), false)
    assert.equal(await once.take(shaped, shaped, soon()), true)
    assert.equal(await once.take(shaped, shaped, soon()), false)
    await assert.rejects(once.take('a', 'far', clock.now() + 61 * minute), { code: 'usage' })
    await assert.rejects(once.take('a', 'never', Number.NaN), { code: 'usage' })
  })

  test('once.take() remembers a key until it is stale, whatever the clock does in between', async () => {
    const { once, tidy } = await open()
    const far = clock.now() + 59 * minute
    assert.equal(await once.take('long', 'key', far), true)
    for (let step = 0; step < 58; step++) {
      clock.advance(minute)
      if (step % 7 === 0) await tidy()
      assert.equal(await once.take('long', 'key', far), false, `after ${step + 1} minutes`)
    }
  })

  test('once.take() is taken once by two servers whose clocks differ', async () => {
    const behind = await openRegistry(await place(), { now: () => clock.now() - 100_000 })
    const { once } = await open()
    for (let step = 0; step < 40; step++) {
      clock.advance(minute)
      const key = `skewed ${step}`
      const won = await Promise.all([
        once.take('skew', key, clock.now() + 30_000),
        behind.once.take('skew', key, clock.now() + 30_000),
      ])
      assert.equal(won.filter(Boolean).length, 1, key)
    }
    await behind.close()
  })

  test('once.take() gives each of many different keys', async () => {
    const { once } = await open()
    const won = await Promise.all(Array.from({ length: 1500 }, (_, at) => once.take('many', `${at}`, soon())))
    assert.ok(won.every(Boolean))
  })

  test('models.find() finds by each name until it expires, is destroyed or its grant is revoked', async () => {
    const { models, tidy } = await open()
    const model = { payload: { deep: [shaped] }, expiresAt: soon(), grantId: shaped, uid: 'u', userCode: 'c' }
    await models.put('m', shaped, model)
    for (const [name, value] of [
      ['id', shaped],
      ['uid', 'u'],
      ['user_code', 'c'],
    ] as const) {
      assert.deepEqual(await models.find('m', name, value), { payload: model.payload, consumedAt: null })
    }
    assert.equal(await models.find('other', 'id', shaped), null)
    await models.put('m', shaped, { ...model, payload: { second: true } })
    assert.deepEqual((await models.find('m', 'id', shaped))?.payload, { second: true })
    await models.revokeByGrant(shaped)
    assert.equal(await models.find('m', 'id', shaped), null)
    await models.put('m', 'gone', model)
    await models.destroy('m', 'gone')
    assert.equal(await models.find('m', 'id', 'gone'), null)
    await models.put('m', 'late', model)
    clock.advance(6 * minute)
    assert.equal(await models.find('m', 'id', 'late'), null)
    assert.equal(await models.consume('m', 'late'), false)
    await tidy()
  })

  test('devices.enrol() takes a key once, for ever', async () => {
    const { devices } = await open()
    const device = newDevice('e1')
    const enrolled = await devices.enrol(device)
    assert.deepEqual(enrolled, {
      ...device,
      epoch: 1,
      enrolledAt: clock.now(),
      seenAt: clock.now(),
      joinState: '',
    })
    assert.deepEqual(await devices.byThumbprint(device.jkt), enrolled)
    await assert.rejects(devices.enrol({ ...device, id: 'e2' }), { code: 'device-key-known' })
    assert.equal(await devices.forget('e1'), false)
    assert.equal((await devices.revoke('e1'))?.epoch, 2)
    assert.equal(await devices.forget('e1'), true)
    await assert.rejects(devices.enrol({ ...device, id: 'e3' }), { code: 'device-key-known' })
  })

  test('devices move only along their states', async () => {
    const { devices } = await open()
    await devices.enrol({ ...newDevice('s1'), status: 'pending' })
    assert.equal(await devices.quarantine('s1'), null)
    assert.equal((await devices.approve('s1'))?.status, 'active')
    assert.equal(await devices.approve('s1'), null)
    assert.equal((await devices.quarantine('s1'))?.status, 'quarantined')
    const released = await devices.release('s1')
    assert.deepEqual([released?.status, released?.epoch], ['active', 2])
    assert.equal((await devices.revoke('s1'))?.status, 'revoked')
    assert.equal(await devices.release('s1'), null)
    assert.equal(await devices.revoke(shaped), null)
    assert.equal(await devices.byId(shaped), null)
  })

  test('devices.list() gives pages of those who are asked for', async () => {
    const { devices } = await open()
    for (const id of ['l1', 'l2', 'l3'])
      await devices.enrol({ ...newDevice(id), tenant: 'paged', user: shaped })
    const ids = async (query: object): Promise<string[]> =>
      (await devices.list({ tenant: 'paged', ...query })).map(({ id }) => id)
    assert.deepEqual(await ids({ limit: 2 }), ['l1', 'l2'])
    assert.deepEqual(await ids({ after: 'l2' }), ['l3'])
    assert.deepEqual(await ids({ user: shaped, status: 'active' }), ['l1', 'l2', 'l3'])
    assert.deepEqual(await ids({ user: 'other' }), [])
  })

  test('mints.take() uses a proof once and moves the join state on', async () => {
    const { devices, mints } = await open()
    await devices.enrol(newDevice('m1'))
    const proof = { proofKey: 'p1', proofPlace: 'p', staleAt: soon() }
    const attempt = { ...proof, device: 'm1', joinState: '', nextJoinState: 'j1' }
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => mints.take(attempt)))
    assert.deepEqual(outcomes.sort().slice(0, 2), ['minted', 'replayed'])
    assert.equal((await devices.byId('m1'))?.joinState, 'j1')
    assert.equal(
      await mints.take({ ...attempt, proofKey: 'p2', joinState: 'j1', nextJoinState: 'j2' }),
      'minted',
    )
    // The answer was lost: asked for again with the state before.
    assert.equal(
      await mints.take({ ...attempt, proofKey: 'p3', joinState: 'j1', nextJoinState: 'j3' }),
      'minted',
    )
    assert.equal(
      await mints.take({ ...attempt, proofKey: 'p4', joinState: 'j2', nextJoinState: 'j4' }),
      'diverged',
    )
    assert.equal((await devices.byId('m1'))?.status, 'quarantined')
    assert.equal(
      await mints.take({ ...attempt, proofKey: 'p5', joinState: 'j3', nextJoinState: 'j5' }),
      'refused',
    )
    assert.equal(await mints.take({ ...attempt, proofKey: 'p6', device: shaped }), 'refused')
    assert.equal(await mints.take({ ...attempt, proofKey: 'p7', staleAt: clock.now() }), 'replayed')
  })

  test('mints.take() serves many devices, and two mints of one, in one go', async () => {
    const { devices, mints } = await open()
    const ids = Array.from({ length: 40 }, (_, at) => `many-${at}`)
    for (const id of ids) await devices.enrol(newDevice(id))
    const outcomes = await Promise.all(
      ids.flatMap((device) =>
        ['', 'n1'].map((joinState) =>
          mints.take({
            proofKey: device + joinState,
            proofPlace: shaped,
            staleAt: soon(),
            device,
            joinState,
            nextJoinState: `n${joinState === '' ? 1 : 2}`,
          }),
        ),
      ),
    )
    assert.deepEqual([...new Set(outcomes)], ['minted'])
    assert.equal((await devices.byId('many-7'))?.joinState, 'n2')
  })

  test('revocations come in one order, whoever appends', async () => {
    const { revocations } = await open()
    const other = await openRegistry(await place(), clock)
    const before = await revocations.last()
    const seqs = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        (at % 2 === 0 ? revocations : other.revocations).append(
          { kind: 'device', id: `${at}`, minEpoch: at },
          soon(),
        ),
      ),
    )
    assert.deepEqual(
      seqs.toSorted((a, b) => a - b),
      Array.from({ length: 40 }, (_, at) => before + at + 1),
    )
    const seen = await other.revocations.after(before)
    assert.deepEqual(
      seen.map(({ seq }) => seq),
      seqs.toSorted((a, b) => a - b),
    )
    const seq = await revocations.append({ kind: 'user', id: shaped, issuedBefore: 1234 }, soon())
    assert.deepEqual(await revocations.after(seq - 1), [
      { seq, deny: { kind: 'user', id: shaped, issuedBefore: 1234 }, until: soon() },
    ])
    assert.equal(await revocations.last(), seq)
    await other.close()
  })

  test('signingKeys.write() lets one of two change what both saw', async () => {
    const { signingKeys } = await open()
    const { version } = await signingKeys.read()
    const key = {
      wrapped: 'w',
      publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
      state: 'current',
      from: 1,
      until: 2,
    } as const
    const won = await Promise.all(['a', 'b', 'c'].map((kid) => signingKeys.write(version, [{ ...key, kid }])))
    assert.equal(won.filter(Boolean).length, 1)
    const after = await signingKeys.read()
    assert.equal(after.version, version + 1)
    assert.equal(await signingKeys.version(), version + 1)
    assert.deepEqual(after.keys, [{ ...key, kid: ['a', 'b', 'c'][won.indexOf(true)] }])
  })

  test('approvals need a second person, and are spent once', async () => {
    const { approvals } = await open()
    const request = { id: 'a1', action: 'device.release', target: shaped, askedBy: 'ann', until: soon() }
    const asked = await approvals.ask(request)
    assert.deepEqual((await approvals.open()).at(-1), asked)
    assert.equal(await approvals.spend('a1'), null)
    assert.equal(await approvals.approve('a1', 'ann'), null)
    assert.equal((await approvals.approve('a1', 'bob'))?.approvedBy, 'bob')
    assert.equal(await approvals.approve('a1', 'cyd'), null)
    const spent = await Promise.all([1, 2, 3].map(() => approvals.spend('a1')))
    assert.equal(spent.filter((one) => one !== null).length, 1)
    await approvals.ask({ ...request, id: 'a2' })
    clock.advance(6 * minute)
    assert.equal(await approvals.approve('a2', 'bob'), null)
  })

  test('users.findOrAdd() gives two sign-ins at once the same user', async () => {
    const { users } = await open()
    const person = { tenant: 't', issuer: 'https://idp.test', subject: shaped, label: 'Ann' }
    const both = await Promise.all(['u1', 'u2'].map((id) => users.findOrAdd({ ...person, id })))
    assert.equal(both[0]?.id, both[1]?.id)
    assert.deepEqual(await users.byId(both[0]!.id), both[0])
    assert.equal(await users.byId('nobody'), null)
  })

  test('devices and models give back any text as it was', async () => {
    const { models } = await open()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.json(), async (id, json) => {
        fc.pre(!id.includes('\0'))
        await models.put('any', id, { payload: { json }, expiresAt: soon() })
        assert.deepEqual((await models.find('any', 'id', id))?.payload, { json })
      }),
      { numRuns: 30 },
    )
  })
}

function newDevice(id: string): NewDevice {
  const jwk = { kty: 'EC', crv: 'P-256', x: `x-${id}`, y: `y-${id}` } as const
  return {
    id,
    tenant: 't',
    user: 'u',
    jkt: `jkt-${id}`,
    jwk,
    scopes: ['llm.infer:read', 'files:read'],
    label: shaped,
    status: 'active',
  }
}

interface Other {
  readonly child: ChildProcess
  lines(act: (line: string) => void): void
  ask(line: string): Promise<string>
}

async function start(place: RegistryPlace): Promise<Other> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', taker, JSON.stringify(place)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const reader = createInterface({ input: child.stdout })
  assert.equal((await event(reader, 'line'))[0], 'ready')
  return {
    child,
    lines: (act) => void reader.on('line', act),
    async ask(line) {
      const answer = event(reader, 'line')
      child.stdin.write(`${line}\n`)
      return (await answer)[0]
    },
  }
}
