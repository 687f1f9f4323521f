// The shapes that code scanning and GitHub's workflows read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FoundSecret } from './finding.ts'
import { annotation, sarifLog } from './sarif.ts'

const plain: FoundSecret = {
  path: 'src/a b%.ts',
  line: 3,
  column: 5,
  endLine: 4,
  detector: 'github-token',
  confidence: 'certain',
  fingerprint: '0123456789abcdef',
}
const inner: FoundSecret = {
  ...plain,
  path: 'a!b.zip!c\nd',
  member: 'c\nd',
  detector: 'password',
  confidence: 'hint',
}

type Log = ReturnType<typeof JSON.parse>

/** The parts of the schema that readers insist on. */
function check(log: Log): void {
  assert.equal(log.version, '2.1.0')
  assert.match(log.$schema, /sarif-2\.1\.0\.json$/)
  for (const { tool, results, columnKind } of log.runs) {
    assert.equal(typeof tool.driver.name, 'string')
    assert.ok(['utf16CodeUnits', 'unicodeCodePoints'].includes(columnKind))
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of results) {
      assert.equal(ids[ruleIndex], ruleId)
      assert.ok(['error', 'warning', 'note'].includes(level))
      assert.ok(message.text.length > 0)
      for (const { physicalLocation } of locations) {
        const { region, artifactLocation } = physicalLocation
        assert.doesNotThrow(() => new URL(artifactLocation.uri, 'file:///root/'))
        if (region === undefined) continue
        assert.ok(region.startLine >= 1 && region.startColumn >= 1 && region.endLine >= region.startLine)
      }
      for (const value of Object.values(partialFingerprints)) assert.equal(typeof value, 'string')
    }
  }
}

test('sarifLog() is of the shape of SARIF 2.1.0', () => {
  const log: Log = sarifLog([plain, inner, { ...plain, commit: 'c'.repeat(40) }], '1.2.3')
  check(log)
  const [first, second] = log.runs[0].results
  assert.deepEqual(first.locations[0].physicalLocation, {
    artifactLocation: { uri: 'src/a%20b%25.ts' },
    region: { startLine: 3, startColumn: 5, endLine: 4 },
  })
  assert.deepEqual(second.locations[0].physicalLocation, { artifactLocation: { uri: 'a!b.zip' } })
  assert.equal(second.locations[0].logicalLocations[0].fullyQualifiedName, 'c\nd')
  check(sarifLog([], '1.2.3'))
})

test('annotation() lets no name break out of its command', () => {
  assert.equal(
    annotation(plain),
    '::error file=src/a b%25.ts,line=3,endLine=4,col=5,title=github-token::A secret was found: github-token (certain, 0123456789abcdef)',
  )
  assert.equal(
    annotation({ ...inner, path: 'x,y:z!c\nd' }),
    '::notice file=x%2Cy%3Az,title=password::A secret was found: password (hint, 0123456789abcdef), in c%0Ad, line 3',
  )
})
