import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absolute } from './mcp-tools.ts'

const machine = { cwd: '/work/here', userFolder: '/home/person' }

test('absolute() resolves what is relative and passes an absolute path on as it is', () => {
  for (const [given, expected] of [
    ['a/b', '/work/here/a/b'],
    ['../a', '/work/a'],
    ['~', '/home/person'],
    ['~/a', '/home/person/a'],
    ['~other/a', '/work/here/~other/a'],
    ['/a/../b', '/a/../b'],
    ['/a//b/', '/a//b/'],
    ['/a\0b', '/a\0b'],
  ] as const) {
    assert.equal(absolute(given, machine), expected)
  }
})
