// Where the programs of a home meet, on each platform and under odd surroundings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placesOf, socketOf, type Surroundings } from './places.ts'

const linux: Surroundings = { env: {}, userFolder: '/home/me', platform: 'linux' }

test('placesOf() puts all below KEYREEVE_HOME where that is set', () => {
  const places = placesOf({ ...linux, env: { KEYREEVE_HOME: '/srv/k/', XDG_CONFIG_HOME: '/elsewhere' } })
  assert.equal(places.home, '/srv/k')
  for (const place of Object.values(places))
    assert.ok(place === '/srv/k' || place.startsWith('/srv/k/'), place)
})

test('placesOf() refuses a KEYREEVE_HOME that depends on the working folder', () => {
  for (const home of ['k', './k', '~/k', '../k', ' ']) {
    assert.throws(
      () => placesOf({ ...linux, env: { KEYREEVE_HOME: home } }),
      { code: 'config-invalid' },
      home,
    )
  }
})

test('placesOf() takes an empty KEYREEVE_HOME for none', () => {
  assert.equal(placesOf({ ...linux, env: { KEYREEVE_HOME: '' } }).home, '/home/me/.local/state/keyreeve')
})

test('placesOf() follows the conventions of each platform', () => {
  const xdg = { XDG_STATE_HOME: '/xdg/state', XDG_CONFIG_HOME: '/xdg/config' }
  const { home, config } = placesOf({ ...linux, env: xdg })
  assert.deepEqual([home, config], ['/xdg/state/keyreeve', '/xdg/config/keyreeve/config.toml'])
  assert.equal(
    placesOf({ ...linux, platform: 'darwin' }).home,
    '/home/me/Library/Application Support/Keyreeve',
  )
  assert.equal(
    placesOf({ ...linux, platform: 'win32', env: { LOCALAPPDATA: 'C:\\L' } }).home,
    'C:\\L/Keyreeve',
  )
})

test('placesOf() ignores XDG folders that are empty or relative, as their specification asks', () => {
  for (const folder of ['', 'state', './state']) {
    const { home, config } = placesOf({ ...linux, env: { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder } })
    assert.deepEqual(
      [home, config],
      ['/home/me/.local/state/keyreeve', '/home/me/.config/keyreeve/config.toml'],
    )
  }
})

test('socketOf() gives the socket of the home where its path is short enough', () => {
  const places = placesOf({ ...linux, env: { KEYREEVE_HOME: '/srv/k' } })
  assert.equal(socketOf(places, linux), '/srv/k/run/broker.sock')
})

test('socketOf() gives a home with a long path a short one of its own', () => {
  const long = `/srv/${'k'.repeat(200)}`
  const runtime = { XDG_RUNTIME_DIR: '/run/user/1000' }
  assert.match(socketIn(long, runtime), /^\/run\/user\/1000\/keyreeve-[0-9a-f]{16}\/broker\.sock$/)
  assert.match(socketIn(long, { XDG_RUNTIME_DIR: '' }), /^\/tmp\/keyreeve-[0-9a-f]{16}\/broker\.sock$/)
  assert.notEqual(socketIn(long, runtime), socketIn(`${long}2`, runtime))
})

test('socketOf() counts bytes, not characters', () => {
  const places = placesOf({ ...linux, env: { KEYREEVE_HOME: `/srv/${'字'.repeat(40)}` } })
  assert.notEqual(socketOf(places, linux), places.socket)
})

function socketIn(home: string, env: Surroundings['env']): string {
  return socketOf(placesOf({ ...linux, env: { KEYREEVE_HOME: home } }), { env })
}
