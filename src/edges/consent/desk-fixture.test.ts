// A desk on a clock of the test, and questions for it.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { ManualClock } from '#base'
import type { Card } from '#wire'
import type { CardDraft } from './card.ts'
import { ConsentDesk, type DeskOptions } from './desk.ts'

const text = 'PORT=8080\n'
export const sha256 = createHash('sha256').update(text).digest('hex')

export function draftOf(changes: Partial<CardDraft> = {}, assistant = 'claude-code'): CardDraft {
  return {
    kind: 'read',
    tier: 1,
    caller: {
      assistant,
      destination: 'unknown',
      proved: {
        uid: 1000,
        pid: 42,
        executable: '/usr/bin/node',
        sha256: null,
        package: null,
        launcher: null,
        ancestry: [],
      },
      claimed: null,
    },
    reason: null,
    path: '/home/ana/p/.env',
    lines: null,
    classes: [],
    items: [],
    content: { text, sha256, bytes: 10, redactions: [], size: 10 },
    scopes: ['once', 'file-session'],
    ...changes,
  }
}

export function setUp(options: Partial<DeskOptions> = {}) {
  const clock = new ManualClock()
  const desk = new ConsentDesk({
    clock,
    random: (length) => Uint8Array.from(randomBytes(length)),
    ...options,
  })
  return { clock, desk }
}

export function onlyCard(desk: ConsentDesk): Card {
  const [card, ...others] = desk.pending()
  assert.deepEqual(others, [])
  return card ?? assert.fail('no card')
}

export function answerTo({ id, digest }: Card, decision: 'allow' | 'deny' = 'allow') {
  return { id, digest, decision, scope: 'once' as const }
}
