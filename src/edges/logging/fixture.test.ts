// What the tests of this room share: secrets that must reach no sink, and a redactor that fails.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { KnownFinder } from '#redaction'

/** Looks like a token, and is none. */
export const token = `ghp_${'A1b2'.repeat(9)}`

/** Makes every look at a text fail, and puts the secret into the error. */
export const failing: KnownFinder = {
  find() {
    throw new Error(token)
  },
}

/** One object with a token in every place that a logger may look at. */
export function plantedRecord(): Record<string, unknown> {
  const record: Record<string, unknown> = {
    text: `a ${token} b`,
    password: 'hunter2-canary',
    nested: { list: [{ deep: [token] }], map: new Map([['k', token]]), set: new Set([token]) },
    err: new Error(`failed for ${token}`, { cause: new Error(`cause ${token}`) }),
    bytes: Buffer.from(`bytes ${token}`),
    view: Uint8Array.from(Buffer.from(token)),
    url: new URL(`https://user:hunter2-canary@host/?access_token=${token}`),
    [token]: 'as a key',
    toShow: { toJSON: () => ({ shown: token }) },
    json: JSON.stringify({ inner: { token } }),
  }
  record['self'] = record
  return record
}

/** Asserts that a text holds nothing of what was planted, also not in base64 or as a list of bytes. */
export function assertClean(text: string): void {
  for (const secret of [token, 'hunter2-canary']) {
    assert.ok(!text.includes(secret), 'a planted secret came through')
    assert.ok(!text.includes(Buffer.from(secret).toString('base64').slice(4, -4)), 'in base64')
    const bytes = [...Buffer.from(secret)]
    assert.ok(!text.includes(bytes.join(',')), 'as bytes')
    assert.ok(!text.includes(bytes.map((byte, at) => `"${at}":${byte}`).join(',')), 'as an array of bytes')
  }
}

export function temporaryFolder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'keyreeve-logging-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
