// Who asked, gathered from what is connected and what the log holds.
import type { LogEntry } from '#wire'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gather } from './assistants.ts'
import { cardOf } from './rig.test.ts'

test('gather() keeps programs under one name apart, and puts connected assistants first', () => {
  const asked = (kind: string, time: number, executable: string, assistant = 'zed'): LogEntry => {
    const who = { assistant, executable, launcher: null }
    return { index: time, time, event: { kind, what: 'read', who } }
  }
  const entries = [
    asked('intent', 9, '/usr/bin/zed'),
    asked('denial', 8, '/tmp/zed'),
    asked('denial', 7, '/usr/bin/zed'),
    { index: 6, time: 6, event: null },
  ]
  const caller = cardOf('a').caller
  const [first, second, ...rest] = gather({ connected: [caller], grants: [], entries })
  assert.deepEqual([first?.name, first?.connected, first?.programs], ['claude-desktop', [caller], []])
  assert.deepEqual(rest, [])
  assert.deepEqual(second?.programs, [
    { executable: '/usr/bin/zed', launcher: null, firstAt: 7, lastAt: 9, allowed: 1, denied: 1 },
    { executable: '/tmp/zed', launcher: null, firstAt: 8, lastAt: 8, allowed: 0, denied: 1 },
  ])
})
