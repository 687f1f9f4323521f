import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { after, it } from 'node:test'
import { kindsOf } from './kinds.ts'

const base = mkdtempSync(`${tmpdir()}/keyreeve-kinds-`)
after(() => rmSync(base, { recursive: true }))

function kinds(content: string | Uint8Array): string[] {
  writeFileSync(`${base}/file`, content)
  return kindsAt(`${base}/file`)
}

function kindsAt(path: string): string[] {
  const fd = openSync(path, 'r')
  try {
    return kindsOf(fd)
  } finally {
    closeSync(fd)
  }
}

function database(name: string, schema: string): string {
  const path = `${base}/${name}`
  const opened = new DatabaseSync(path)
  opened.exec(schema)
  opened.close()
  return path
}

const begin = (kind: string): string => `${'-'.repeat(5)}BEGIN ${kind}${'-'.repeat(5)}\nAAAA\n`

it('kindsOf() knows keys, stores and settings by how they begin', () => {
  const known: readonly (readonly [string | Uint8Array, string])[] = [
    [begin(['OPENSSH', 'PRIVATE', 'KEY'].join(' ')), 'private-key'],
    [begin(['PRIVATE', 'KEY'].join(' ')), 'private-key'],
    [begin(['PGP', 'PRIVATE', 'KEY', 'BLOCK'].join(' ')), 'private-key'],
    ['PuTTY-User-Key-File-3: ssh-ed25519\n', 'private-key'],
    [`# created: today\n# public key: age1x\nAGE-SECRET-${'KEY-1'}QQQ\n`, 'private-key'],
    [Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0), 'private-key'],
    [Uint8Array.of(0x30, 0x82, 9, 1, 2, 1, 3, 0x30, 0x82), 'private-key'],
    [Uint8Array.of(3, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5), 'password-store'],
    ['GnomeKeyring\n\r\0\n', 'keychain'],
    ['{"nextId":3,"logins":[{"id":1}]}', 'browser-profile'],
    ['{"browser":{},"os_crypt":{"encrypted_key":"RFBBUEk"}}', 'browser-profile'],
    ['{\n "type": "service_account",\n "private_key": "x"}', 'cloud-credentials'],
    ['[default]\naws_access_key_id = A\naws_secret_access_key = B\n', 'cloud-credentials'],
    ['apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: abc\n', 'kube'],
    [`//registry.example/:_auth${'Token='}abc\n`, 'package-credentials'],
    [`machine example.test login me pass${'word'} x\n`, 'package-credentials'],
  ]
  for (const [content, name] of known) assert.deepEqual(kinds(content), [name], String(content))
})

it("kindsOf() knows a browser's database by its tables", () => {
  const logins =
    'CREATE TABLE logins (origin_url VARCHAR NOT NULL, username_value VARCHAR, password_value BLOB)'
  assert.deepEqual(kindsAt(database('one', logins)), ['browser-profile'])
  assert.deepEqual(kindsAt(database('two', 'CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY)')), [
    'browser-profile',
  ])
  assert.deepEqual(kindsAt(database('three', 'CREATE TABLE cookies (flavour TEXT)')), [])
})

it('kindsOf() takes nothing else for one of them', () => {
  for (const content of [
    '',
    'a note on BEGIN PRIVATE KEY lines\n',
    `see below\n${begin(['PRIVATE', 'KEY'].join(' '))}`,
    begin('CERTIFICATE'),
    '{"logins": 3}',
    'kind: Deployment\napiVersion: apps/v1\n',
    'the machine is slow\n',
    Uint8Array.of(0x30, 0x82, 1, 1, 2, 1, 0),
  ]) {
    assert.deepEqual(kinds(content), [], String(content))
  }
})
