// Tests of signed notes, checkpoints and leaves.
import { Secret } from '#base'
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpointText,
  commitmentOf,
  decodeLeaf,
  encodeLeaf,
  fromBase64,
  leafHash,
  noteSigner,
  noteVerifier,
  openCheckpoint,
  parseCheckpoint,
  type NoteSigner,
  type NoteVerifier,
} from './index.ts'

/** From the documentation of golang.org/x/mod/sumdb/note. */
const peter = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}

/** A fake key for tests: the seed is one byte, 32 times. */
function fakeKey(seed: number): Secret {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  return Secret.own(Buffer.concat([prefix, Buffer.alloc(32, seed)]))
}

function pair(name: string, seed = 7): { signer: NoteSigner; verifier: NoteVerifier } {
  const signer = noteSigner(name, fakeKey(seed))
  const verifier = noteVerifier(signer?.vkey ?? '')
  assert.ok(signer && verifier)
  return { signer, verifier }
}

test('noteVerifier() opens a note that the Go implementation signed', () => {
  const verifier = noteVerifier(peter.vkey)
  assert.equal(verifier?.open(`${peter.text}\n${peter.signature}`), peter.text)
})

test('noteVerifier() opens what noteSigner() signed, also beside signatures of unknown keys', () => {
  const { signer, verifier } = pair('log.example')
  const note = signer.sign('one\n\ntwo\n')
  assert.equal(verifier.open(note), 'one\n\ntwo\n')
  assert.equal(verifier.open(note + peter.signature), 'one\n\ntwo\n')
})

test('noteVerifier() opens nothing that was changed anywhere', () => {
  const { signer, verifier } = pair('log.example')
  const note = signer.sign('log.example\n1\n')
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
      const changed = note.slice(0, at) + String.fromCharCode(code) + note.slice(at + 1)
      return changed === note || verifier.open(changed) === undefined
    }),
  )
})

test('noteVerifier() refuses a note with a good and a bad signature of the same key', () => {
  const { signer, verifier } = pair('log.example')
  const note = signer.sign('text\n')
  const other = signer.sign('other\n').split('\n').at(-2)!
  assert.equal(verifier.open(`${note}${other}\n`), undefined)
})

test('noteVerifier() refuses notes with control characters, without end, and without signatures', () => {
  const { signer, verifier } = pair('log.example')
  for (const note of ['', '\n\n', 'text\n', 'text\n\n', signer.sign('a\tb\n'), signer.sign('a\r\n')]) {
    assert.equal(verifier.open(note), undefined)
  }
  assert.equal(verifier.open(signer.sign('text\n').slice(0, -1)), undefined)
})

test('noteVerifier() takes no key whose id does not fit it', () => {
  for (const vkey of [
    peter.vkey.replace('c74f20a3', 'c74f20a4'),
    peter.vkey.replace('Peter', 'Petra'),
    peter.vkey.slice(0, -4),
    `${peter.vkey}\n`,
    'a+00000000+AA==',
    '',
  ]) {
    assert.equal(noteVerifier(vkey), undefined)
  }
})

test('noteSigner() takes no name that would not survive in a note', () => {
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u2003b', '\ud800']) {
    assert.equal(noteSigner(name, fakeKey(1)), undefined)
  }
  assert.equal(noteSigner('a', Secret.own(Buffer.alloc(48))), undefined)
})

test('parseCheckpoint() reads exactly what checkpointText() writes', () => {
  const root = leafHash(Buffer.from('x'))
  const text = checkpointText({ origin: 'log.example', size: 12, root, extensions: ['more'] })
  assert.deepEqual(parseCheckpoint(text), { origin: 'log.example', size: 12, root, extensions: ['more'] })
  const [, , encoded] = text.split('\n')
  for (const bad of [
    text.slice(0, -1),
    `${text}\n`,
    text.replace('12', '012'),
    text.replace('12', '-1'),
    text.replace('12', '9007199254740992'),
    text.replace('log.example', ''),
    text.replace(encoded!, `${encoded} `),
    text.replace(encoded!, 'AAAA'),
  ]) {
    assert.equal(parseCheckpoint(bad), undefined, JSON.stringify(bad))
  }
})

test('openCheckpoint() refuses a checkpoint of another log under the same key', () => {
  const { signer, verifier } = pair('log.example')
  const head = { size: 1, root: leafHash(Buffer.from('x')), extensions: [] }
  assert.ok(openCheckpoint(signer.sign(checkpointText({ ...head, origin: 'log.example' })), verifier))
  assert.equal(openCheckpoint(signer.sign(checkpointText({ ...head, origin: 'other' })), verifier), undefined)
})

test('decodeLeaf() reads what encodeLeaf() wrote, and no other version, length or day', () => {
  const commitment = commitmentOf(Buffer.alloc(16, 1), Buffer.from('payload'))
  const time = 1_767_225_600_123
  const leaf = encodeLeaf({ day: 20_454, time, commitment })
  assert.equal(leaf.length, 43)
  assert.deepEqual(decodeLeaf(leaf), { day: 20_454, time, commitment })
  assert.equal(decodeLeaf(leaf.subarray(1)), undefined)
  assert.equal(decodeLeaf(Buffer.concat([leaf, Buffer.alloc(1)])), undefined)
  assert.equal(decodeLeaf(encodeLeaf({ day: 20_455, time, commitment })), undefined)
  leaf[0] = 2
  assert.equal(decodeLeaf(leaf), undefined)
})

test('fromBase64() takes one text for one value', () => {
  assert.deepEqual(fromBase64('AAE='), Buffer.from([0, 1]))
  for (const text of ['AAE', 'AAF=', 'AA-_', ' AAE=', 'AAE=\n']) assert.equal(fromBase64(text), undefined)
})
