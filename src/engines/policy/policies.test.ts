// Tests of decisions: the vectors, and what no policy text can bring about.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkPolicies, loadPolicies, type Decision } from './policies.ts'
import { alwaysRules, defaultPolicy } from './shipped.ts'
import type { PolicyGrant } from './grants.ts'
import type { PolicyRequest } from './request.ts'

interface Case {
  name: string
  texts?: string[]
  grants?: (Omit<PolicyGrant, 'program' | 'destination'> & Partial<PolicyGrant>)[]
  assistant?: string
  launcher?: string
  destination?: string
  action?: PolicyRequest['action']
  kind?: PolicyRequest['resource']['kind']
  path: string
  classes?: string[]
  decision: Decision
}
const vectors = JSON.parse(readFileSync('vectors/policy/decisions.json', 'utf8')) as {
  texts: Record<string, string>
  cases: Case[]
}

function requestOf({
  assistant,
  launcher,
  destination,
  action,
  kind,
  path,
  classes,
}: Omit<Case, 'name' | 'decision'>): PolicyRequest {
  return {
    assistant: {
      name: assistant ?? 'claude-code',
      executable: '/usr/bin/claude',
      launcher: launcher ?? null,
      program: 'p1',
      destination: destination ?? 'unknown',
    },
    action: action ?? 'read',
    resource: { kind: kind ?? 'file', path, classes: classes ?? [] },
  }
}

/** Fills in the one holder of the vectors. */
function ours(grant: Omit<PolicyGrant, 'program' | 'destination'> & Partial<PolicyGrant>): PolicyGrant {
  return { program: 'p1', destination: 'unknown', ...grant }
}

for (const one of vectors.cases) {
  test(`decide(): ${one.name}`, () => {
    const texts = (one.texts ?? []).map((name) => ({ name, text: vectors.texts[name] ?? assert.fail(name) }))
    const policies = loadPolicies([defaultPolicy, ...texts]).withGrants((one.grants ?? []).map(ours))
    assert.deepEqual(policies.decide(requestOf(one)), one.decision)
  })
}

test('decide() denies all where no source is given', () => {
  assert.deepEqual(loadPolicies([]).decide(requestOf({ path: '/home/ana/notes.md' })), {
    effect: 'deny',
    because: [],
    message: 'no policy allows this',
  })
})

test('decide() does not depend on a reason that the assistant states', () => {
  const policies = loadPolicies([defaultPolicy])
  const request = requestOf({ path: '/home/ana/notes.md' })
  const pleading = { ...request, reason: 'the person already agreed', context: { consent: 3 } }
  assert.deepEqual(policies.decide(pleading), policies.decide(request))
})

test('decide() denies a path deeper than any that people have', () => {
  const policies = loadPolicies([defaultPolicy])
  assert.equal(policies.decide(requestOf({ path: '/a'.repeat(256) })).effect, 'ask')
  assert.equal(policies.decide(requestOf({ path: '/a'.repeat(257) })).effect, 'deny')
})

test('withGrants() replaces the grants before and leaves the policies it came from alone', () => {
  const open = loadPolicies([defaultPolicy])
  const grant = ours({ id: 'g', assistant: 'claude-code', scope: 'folder-hour', path: '/srv' })
  const granted = open.withGrants([grant])
  const request = requestOf({ path: '/srv/x' })
  assert.equal(granted.decide(request).effect, 'allow')
  assert.equal(open.decide(request).effect, 'ask')
  assert.equal(granted.withGrants([]).decide(request).effect, 'ask')
  assert.equal(granted.version, open.version)
})

test('version changes with every text and not with grants', () => {
  const extra = { name: 'a.cedar', text: 'permit (principal, action, resource);' }
  assert.match(loadPolicies([]).version, /^[0-9a-f]{64}$/)
  assert.equal(loadPolicies([extra]).version, loadPolicies([{ ...extra }]).version)
  assert.notEqual(loadPolicies([extra]).version, loadPolicies([]).version)
  assert.notEqual(loadPolicies([extra]).version, loadPolicies([{ ...extra, text: `${extra.text} ` }]).version)
})

test('loadPolicies() names a policy without an id by its source and place', () => {
  const permits = Array.from(
    { length: 12 },
    (_, at) => `permit (principal, action, resource == File::"/f${at}");`,
  )
  const policies = loadPolicies([{ name: 'many.cedar', text: permits.join('\n') }])
  assert.deepEqual(policies.decide(requestOf({ path: '/f10' })).because, ['many.cedar#11'])
  assert.deepEqual(policies.decide(requestOf({ path: '/f2' })).because, ['many.cedar#3'])
})

test('loadPolicies() takes our own rules from nobody who uses the name of their source', () => {
  const text = '@id("never:x") permit (principal, action, resource);'
  assert.equal(checkPolicies([{ name: alwaysRules.name, text }]).problems.length, 1)
})

const scopes = fc.constantFrom(
  'principal, action in Action::"files", resource',
  'principal is Assistant, action in [Action::"read", Action::"list"], resource',
  'principal == Assistant::"claude-code", action == Action::"read", resource in Folder::"/"',
  'principal, action == Action::"read", resource == File::"/home/ana/.ssh/x"',
)
const conditions = fc.constantFrom(
  '',
  'when { context.consent >= 0 }',
  'when { resource.classes.contains("ssh") }',
  'when { resource.path like "/home/*" }',
  'unless { context.consent >= 3 }',
)
const classes = fc.constantFrom(
  'ssh',
  'gnupg',
  'keychain',
  'browser-profile',
  'password-store',
  'keyreeve-state',
)

test('decide() lets no text of permits and no grant give out a never-class', () => {
  const permits = fc.array(fc.tuple(scopes, conditions), { maxLength: 4 })
  fc.assert(
    fc.property(permits, classes, fc.subarray(['dotenv', 'private-key']), (rules, never, others) => {
      const text = rules.map(([scope, condition]) => `permit (${scope}) ${condition};`).join('\n')
      const grants = [
        ours({ id: 'a', assistant: 'claude-code', scope: 'folder-hour', path: '/' }),
        ours({ id: 'b', assistant: 'claude-code', scope: 'file-session', path: '/home/ana/.ssh/x' }),
      ]
      const policies = loadPolicies([defaultPolicy, { name: 'p', text }]).withGrants(grants)
      const decision = policies.decide(requestOf({ path: '/home/ana/.ssh/x', classes: [never, ...others] }))
      assert.deepEqual([decision.effect, decision.because], ['deny', [`never:${never}`]])
    }),
    { numRuns: 40 },
  )
})

test('decide() asks for the level that the strictest rule sets, and grants do not lower it', () => {
  const level = fc.constantFrom(1, 2, 3)
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 4 }), (wanted) => {
      const text = wanted
        .map((consent) => `forbid (principal, action, resource) unless { context.consent >= ${consent} };`)
        .join('\n')
      const policies = loadPolicies([defaultPolicy, { name: 'p', text }]).withGrants([
        ours({ id: 'a', assistant: 'claude-code', scope: 'folder-hour', path: '/' }),
      ])
      const decision = policies.decide(requestOf({ path: '/home/ana/x' }))
      assert.equal(decision.effect === 'ask' && decision.tier, Math.max(...wanted))
    }),
    { numRuns: 20 },
  )
})

test('decide() finds every folder that a rule names, however it names it', () => {
  const folder = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/a/bb', '/b')
  const form = fc.constantFrom(
    (path: string) => `forbid (principal, action, resource in Folder::"${path}");`,
    (path: string) =>
      `forbid (principal, action in Action::"files", resource) when { resource in Folder::"${path}" };`,
    (path: string) =>
      `forbid (principal, action, resource) when { resource in [Folder::"/zz", Folder::"${path}"] };`,
    (path: string) => `forbid (principal, action, resource is File in Folder::"${path}");`,
  )
  fc.assert(
    fc.property(folder, form, (path, write) => {
      const policies = loadPolicies([defaultPolicy, { name: 'p', text: write(path) }])
      const isBeneath = '/a/b/c/d'.startsWith(path === '/' ? path : `${path}/`)
      assert.equal(policies.decide(requestOf({ path: '/a/b/c/d' })).effect, isBeneath ? 'deny' : 'ask')
    }),
    { numRuns: 24 },
  )
})
