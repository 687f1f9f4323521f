import assert from 'node:assert/strict'
import { it } from 'node:test'
import { classesOf } from './classes.ts'

it('classesOf() knows private keys by their header and by their finding', () => {
  assert.deepEqual(classesOf('-----BEGIN OPENSSH PRIVATE'.concat(' KEY-----'), []), ['holds-private-key'])
  assert.deepEqual(classesOf('-----BEGIN PUBLIC KEY-----', []), [])
  assert.deepEqual(classesOf('', [{ detector: 'private-key', confidence: 'likely' }]), ['holds-private-key'])
})

it('classesOf() knows environment files by what most lines are', () => {
  assert.deepEqual(classesOf('# settings\nA=1\n\nexport B_2=x y\nC =3\n', []), ['dotenv-like'])
  assert.deepEqual(classesOf('A=1\nB=2\n', []), [])
  assert.deepEqual(classesOf('A=1\nB=2\nC=3\nand\nmuch\nmore\n', []), [])
})

it('classesOf() counts a secret as credentials only if it is certain', () => {
  assert.deepEqual(classesOf('x', [{ detector: 'password', confidence: 'likely' }]), [])
  assert.deepEqual(classesOf('x', [{ detector: 'github-token', confidence: 'certain' }]), ['credentials'])
})
