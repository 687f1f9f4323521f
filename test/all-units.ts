// Runs the unit tests that `npm test` chose in this one process. The name puts it first: nothing else takes as long.
import { flushCompileCache } from 'node:module'
import { test } from 'node:test'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const files = (process.env['KEYREEVE_UNIT_TESTS'] ?? '').split('\n').filter((file) => file !== '')
delete process.env['KEYREEVE_UNIT_TESTS']

for (const file of files) {
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
