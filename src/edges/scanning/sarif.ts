// Findings for code scanning: SARIF 2.1.0, and the annotations of GitHub's workflows.
import type { FoundSecret } from './finding.ts'

const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
const levels = { certain: 'error', likely: 'warning', hint: 'note' } as const
const commands = { certain: 'error', likely: 'error', hint: 'notice' } as const

/**
 * A SARIF log with one run.
 * @param version Of the tool.
 * @see SARIF 2.1.0 (OASIS), sections 3.13 to 3.52
 */
export function sarifLog(findings: readonly FoundSecret[], version: string): object {
  const ids = [...new Set(findings.map(({ detector }) => detector))].toSorted()
  const rules = ids.map((id) => ({ id, shortDescription: { text: sentence(id) } }))
  const driver = { name: 'keyreeve', version, semanticVersion: version, rules }
  const results = findings.map((finding) => resultOf(finding, ids.indexOf(finding.detector)))
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  }
}

/** One workflow command for each finding. @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function annotation(finding: FoundSecret): string {
  const { line, column, endLine, detector, confidence, fingerprint, member } = finding
  const place = member === undefined ? `,line=${line},endLine=${endLine},col=${column}` : ''
  const where = member === undefined ? '' : `, in ${member}, line ${line}`
  const text = `${sentence(detector)} (${confidence}, ${fingerprint})${where}`
  const file = property(fileOf(finding))
  return `::${commands[confidence]} file=${file}${place},title=${property(detector)}::${data(text)}`
}

function resultOf(finding: FoundSecret, ruleIndex: number): object {
  const { line, column, endLine, detector, confidence, fingerprint, commit, member } = finding
  const region = { startLine: line, startColumn: column, endLine }
  const where = member === undefined ? '' : ` in ${member}, line ${line}`
  return {
    ruleId: detector,
    ruleIndex,
    level: levels[confidence],
    message: { text: `${sentence(detector)}${where}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(fileOf(finding)) },
          ...(member === undefined && { region }),
        },
        ...(member !== undefined && { logicalLocations: [{ fullyQualifiedName: member, kind: 'member' }] }),
      },
    ],
    partialFingerprints: { 'keyreeve/v1': fingerprint },
    properties: { confidence, ...(commit !== undefined && { commit }) },
  }
}

function sentence(detector: string): string {
  if (detector === 'allow-expired') return 'The allowance of a secret has expired'
  if (detector === 'allow-without-reason') return 'The allowance of a secret gives no reason'
  return `A secret was found: ${detector}`
}

/** Path of the file of the tree. */
function fileOf({ path, member }: FoundSecret): string {
  return member === undefined ? path : path.slice(0, -member.length - 1)
}

function uriOf(path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/')
  return encoded.startsWith('/') ? `file://${encoded}` : encoded
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
