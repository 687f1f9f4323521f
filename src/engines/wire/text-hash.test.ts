import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textHash } from './text-hash.ts'

test('textHash() is SHA-256 over UTF-8', () => {
  assert.equal(textHash(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  assert.equal(textHash('é'), '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
})
