// Runs a share of the unit tests that `npm test` chose in this one process.
import { flushCompileCache } from 'node:module'
import { test } from 'node:test'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Two processes: one core would be idle while the other runs them all. */
const shares = 2

/** @param share 0 or 1: neighbours, which are alike, go to different shares. */
export async function runUnits(share: number): Promise<void> {
  const all = (process.env['KEYREEVE_UNIT_TESTS'] ?? '').split('\n').filter((file) => file !== '')
  delete process.env['KEYREEVE_UNIT_TESTS']
  for (const file of all.filter((_, index) => index % shares === share)) {
    try {
      await import(pathToFileURL(resolve(file)).href)
    } catch (cause) {
      void test(`${file} loads`, () => {
        throw new Error('the file could not be loaded', { cause })
      })
    }
  }
  // The programs that these tests start load the same files, and many are killed before they would have kept anything.
  flushCompileCache()
}
