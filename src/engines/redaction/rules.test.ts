import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Fault } from '#base'
import { costOf } from './cost.ts'
import { detectorIds, detectors } from './detectors.ts'
import { redact } from './redact.ts'
import { rulePrefix } from './rule-id.ts'
import { parseRules, Rules } from './rules.ts'

const good = { id: 'x-acme-token', anchors: ['acme_'], form: 'alnum:32' }

/** The Fault that reading these rules ends in. */
function faultOf(json: unknown): Fault {
  try {
    parseRules(json)
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown))
    assert.equal(thrown.code, 'rule-invalid')
    return thrown
  }
  return assert.fail('it was taken')
}

const faultOfRule = (change: object): Fault => faultOf({ rules: [{ ...good, ...change }] })

test('parseRules() gives rows of the form of ours, with what was not said filled in', () => {
  const { detectors, costs } = parseRules({ rules: [good, { ...good, isExact: true, needsDigit: false }] })
  assert.deepEqual(detectors, [
    { ...good, confidence: 'likely', source: '' },
    { ...good, confidence: 'likely', source: '', isExact: true },
  ])
  assert.ok(
    costs.every(({ candidatesPerMegabyte, worstBytes }) => candidatesPerMegabyte < 1 && worstBytes < 64),
  )
})

test('parseRules() takes all that a rule may say', () => {
  const rule = {
    id: 'x-acme-key',
    anchors: ['acme key '],
    isFolded: true,
    form: "hex:8 '-' hex:8-64",
    before: 'digit:4-8',
    isExact: true,
    needsDigit: true,
    keepsAnchor: true,
    context: ['billing'],
    confidence: 'certain',
    source: 'https://wiki.example/keys',
  }
  assert.deepEqual(parseRules({ rules: [rule] }).detectors, [rule])
})

test('parseRules() takes a rule made of any row of ours', () => {
  for (const row of detectors) {
    if (row.structure !== undefined || row.anchors.some((anchor) => anchor.length < 3)) continue
    const { checksum: _, ...rule } = row
    parseRules({ rules: [{ ...rule, id: `${rulePrefix}${row.id}`.slice(0, 32).replace(/-$/, '') }] })
  }
})

for (const [what, json, field] of [
  ['nothing', undefined, /^rules: /],
  ['a list', [], /^rules: /],
  ['no rules', {}, /^rules: rules /],
  ['another field', { rules: [], version: 1 }, /^rules: has a field/],
  ['too many rules', { rules: Array.from({ length: 201 }, () => good) }, /^rules: rules must be a list/],
  ['a rule that is no object', { rules: ['acme_'] }, /^rule 1: must be an object/],
  [
    'too many anchors in all',
    { rules: Array.from({ length: 100 }, () => ({ ...good, anchors: Array<string>(32).fill('acme_') })) },
    /^rules: have 3200 anchors/,
  ],
  [
    'many rules that cost little each',
    {
      rules: Array.from({ length: 60 }, () => ({
        ...good,
        anchors: ['error'],
        form: "alnum:0-2 '=' alnum:6",
      })),
    },
    /^rules: would be asked/,
  ],
] as const) {
  test(`parseRules() refuses ${what}`, () => {
    assert.match(faultOf(json).message, field)
  })
}

for (const [what, change, field] of [
  ['an id of ours', { id: 'github-token' }, /^rule 1: id /],
  ['an id that would break a placeholder', { id: 'x-a]b' }, /^rule 1: id /],
  ['an id that is too long', { id: `x-${'a'.repeat(31)}` }, /^rule 1: id /],
  ['a misspelled field', { anchor: ['acme_'] }, /^rule 1: has a field/],
  ['no anchors', { anchors: [] }, /anchors must be a list/],
  ['an anchor of two bytes', { anchors: ['ac'] }, /anchors must be 3 to 32/],
  ['an anchor of other bytes', { anchors: ['acmé_'] }, /anchors must be 3 to 32/],
  ['an anchor that is no text', { anchors: [7] }, /anchors must be 3 to 32/],
  [
    'an anchor in capitals that are to be ignored',
    { anchors: ['ACME_'], isFolded: true },
    /anchors must be lower case/,
  ],
  ['a form that is none', { form: '(a+)+$' }, /form a form has an item/],
  ['a form of everything', { form: '[!-~]:8-64' }, /form has a class of nearly everything/],
  ['a form of nothing', { form: '[z-a]:8-64' }, /form has a class without/],
  ['a form without an end', { form: 'alnum:8+ ' }, /form a form has an item/],
  ['a form of more than 4,096 bytes', { form: "alnum:4000 '-' alnum:4000" }, /form takes more than 4096/],
  ['a form that asks for next to nothing', { form: 'alnum:0-64' }, /form must ask for at least/],
  ['a form whose runs cannot be told apart', { form: 'lower:4-8 alnum:32' }, /form a run of variable length/],
  ['a long text for a form', { form: 'alnum:1 '.repeat(64) }, /form has more than 256 bytes/],
  ['a form that is no text', { form: 12 }, /form has more than/],
  ['a run before that has no end', { before: 'alnum:8+' }, /before must be 1 to 64/],
  ['a run before of everything', { before: '[!-~]:8' }, /before has a class of nearly everything/],
  ['a context in capitals', { context: ['ACME'] }, /context must be words/],
  ['a flag that is no flag', { isExact: 'yes' }, /isExact must be true or false/],
  ['another confidence', { confidence: 'sure' }, /confidence must be one of/],
  ['a structure, which is code of ours', { structure: 'pem' }, /^rule 1: has a field/],
  [
    'anchors that stand everywhere',
    { anchors: ['the', 'ing'], form: 'word:0-5 [ -/]:6' },
    /anchors would be asked|form/,
  ],
] as const) {
  test(`parseRules() refuses ${what}`, () => {
    const { message } = faultOfRule(change)
    assert.match(message, field)
  })
}

test('parseRules() repeats nothing of a rule but its id', () => {
  const secret = 'hunter2hunter2'
  for (const change of [
    { id: secret.toUpperCase() },
    { anchors: [`${secret}é`] },
    { form: secret },
    { form: `[!-~${secret}]:8` },
    { before: secret },
    { context: [secret.toUpperCase()] },
    { confidence: secret },
    { [secret]: true },
  ]) {
    assert.ok(!faultOfRule(change).message.toLowerCase().includes(secret))
  }
})

test('parseRules() throws nothing but a Fault, whatever it is given', () => {
  const field = fc.constantFrom(
    'id',
    'anchors',
    'form',
    'before',
    'context',
    'isFolded',
    'confidence',
    'source',
    '__proto__',
  )
  const rule = fc.dictionary(
    field,
    fc.oneof(fc.jsonValue(), fc.constantFrom('x-a', 'alnum:8', ['abc'], "'a'")),
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ rules: fc.array(rule) })), (json) => {
      try {
        parseRules(json)
      } catch (thrown) {
        assert.ok(thrown instanceof Fault && thrown.code === 'rule-invalid', String(thrown))
      }
    }),
    { numRuns: 300 },
  )
})

test('parseRules() does not call what it is given', () => {
  const trap = new Proxy({}, { get: () => assert.fail('a getter ran') })
  assert.ok(faultOf({ rules: [Object.assign(Object.create(trap), {})] }).message.startsWith('rule 1: id'))
})

test('Rules.is() knows what it made from what looks like it', () => {
  const rules = parseRules({ rules: [good] })
  assert.ok(Rules.is(rules))
  assert.ok(!Rules.is({ detectors: rules.detectors, costs: rules.costs }))
})

test('rules: no id of ours begins as theirs do', () => {
  assert.deepEqual(
    [...detectorIds].filter((id) => id.startsWith(rulePrefix)),
    [],
  )
})

test('costOf() tells rare anchors from common ones, and long first runs from short ones', () => {
  const cost = (anchor: string, form: string): number =>
    costOf({ id: 'x-a', anchors: [anchor], form, confidence: 'likely', source: '' }).candidatesPerMegabyte
  assert.ok(cost('ghp_', 'alnum:36') < 1)
  assert.ok(cost('the', 'alnum:1') > 500)
  assert.ok(
    cost('the', 'HEX:16') < cost('the', 'alnum:16') && cost('the', 'alnum:16') < cost('the', 'alnum:2'),
  )
})

test('redact() leaves the placeholder of a rule as it is, whether it knows the rule or not', () => {
  const input = 'password=[x-acme-token:4f2a] and token: [x-acme-token]'
  assert.equal(redact(input).text, input)
})
