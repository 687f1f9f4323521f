import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostsOf } from './postgres-hosts.ts'

test('hostsOf() gives an address for each host, and hands on all else', () => {
  const rest = '/db?sslmode=verify-full'
  const who = ['u', 'p,x'].join(':')
  assert.deepEqual(hostsOf(`postgres://u@one${rest}`), [`postgres://u@one${rest}`])
  assert.deepEqual(hostsOf(`postgresql://${who}@one:1,two:2${rest}&target_session_attrs=read-write`), [
    `postgresql://${who}@one:1${rest}`,
    `postgresql://${who}@two:2${rest}`,
  ])
  assert.deepEqual(hostsOf('postgres://one,[::1]:5/db?target_session_attrs=read-write&a=b'), [
    'postgres://one/db?a=b',
    'postgres://[::1]:5/db?a=b',
  ])
  assert.deepEqual(hostsOf('postgres:///db?host=/run'), ['postgres:///db?host=/run'])
})
