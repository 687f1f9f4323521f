// T11: a log that was changed afterwards.
import assert from 'node:assert/strict'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { openTrial, type Trial } from '../../tools/trial.ts'

describe('T11: a log that was changed afterwards', () => {
  let trial: Trial

  before(async () => {
    trial = await openTrial()
    for (let i = 0; i < 3; i++) await trial.run(['secret', 'set', `name-${i}`], `value-number-${i}-of-three`)
    await trial.run(['stop'])
  })

  after(() => trial.close())

  function filesOf(journal: string, pattern: RegExp): string[] {
    const names = readdirSync(journal, { recursive: true, withFileTypes: true })
    return (
      names
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
        .filter((path) => pattern.test(path))
        // Of partial tiles the widest is the one that counts.
        .toSorted((a, b) => widthOf(b) - widthOf(a))
    )
  }

  function widthOf(path: string): number {
    return Number(/\.p\/(\d+)$/.exec(path)?.[1] ?? 256)
  }

  async function verifyChanged(change: (journal: string) => void) {
    const copy = mkdtempSync(`${tmpdir()}/keyreeve-t11-`)
    cpSync(`${trial.home}/journal`, copy, { recursive: true })
    change(copy)
    const { code, stdout } = await trial.run(['log', 'verify', copy, '--json'])
    rmSync(copy, { recursive: true, force: true })
    return { code, ...(JSON.parse(stdout) as { ok: boolean; problems: { code: string }[] }) }
  }

  function flip(path: string, at: number): void {
    const bytes = readFileSync(path)
    bytes[at]! ^= 1
    writeFileSync(path, bytes)
  }

  test('T11: an unchanged log verifies', async () => {
    const { code, ok, problems } = await verifyChanged(() => {})
    assert.deepEqual([code, ok, problems], [0, true, []])
  })

  const changes: Record<string, (journal: string) => void> = {
    'a flipped bit in an entry': (journal) => flip(filesOf(journal, /tile\/entries\//)[0]!, 30),
    'a flipped bit in a tile': (journal) => flip(filesOf(journal, /tile\/0\//)[0]!, 5),
    'a flipped bit in a sealed frame': (journal) => {
      const segment = filesOf(journal, /\.seg$/)[0]!
      flip(segment, Math.floor(statSync(segment).size / 2))
    },
    'an edited size in the checkpoint': (journal) => {
      const path = `${journal}/checkpoint`
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) - 1}\n`),
      )
    },
    'a removed segment': (journal) => rmSync(filesOf(journal, /\.seg$/)[0]!),
    'a cut segment': (journal) => {
      const segment = filesOf(journal, /\.seg$/)[0]!
      truncateSync(segment, Math.floor(statSync(segment).size * 0.7))
    },
    'a removed tile': (journal) => rmSync(filesOf(journal, /tile\/0\//)[0]!),
  }

  for (const [what, change] of Object.entries(changes)) {
    test(`T11: ${what} is found and named`, async () => {
      const { code, ok, problems } = await verifyChanged(change)
      assert.deepEqual([code, ok], [7, false])
      assert.ok(problems.length > 0 && problems.every((problem) => problem.code.length > 0))
    })
  }
})
