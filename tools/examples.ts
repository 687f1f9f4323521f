// Examples for the model that judges credentials: labelled ones from CredData, harmless ones from installed packages, and
// a few hundred that are made up in the notations that source code seldom holds.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isInScope, readLabels, type Label } from '../bench/creddata.ts'
import { AnchorSet } from '../src/engines/redaction/anchors.ts'
import { claimsAt } from '../src/engines/redaction/assignment.ts'
import { contexts } from '../src/engines/redaction/contexts.ts'
import { collect, Features } from '../src/engines/redaction/features.ts'
import { ruleOn, type Claim } from '../src/engines/redaction/judge.ts'
import { Text } from '../src/engines/redaction/text.ts'

export interface Example {
  readonly features: Uint16Array
  readonly isCredential: boolean
  /** Who says so: a label, a label of doubt, or nobody. */
  readonly by: 'label' | 'doubt' | 'nobody'
  weight: number
  /** Its repository, `clean` or `made`: what is in one group is not told apart from what it was trained on. */
  readonly group: string
  /** Equal ones count less. */
  readonly sameAs: string
}

type Verdict = Pick<Example, 'isCredential' | 'by' | 'weight'>

/** Packages of the lock file whose code, tests and documents hold no credential. */
export const cleanPackages = [
  '@hono',
  '@modelcontextprotocol',
  '@opentelemetry',
  '@sentry',
  'ajv',
  'commander',
  'express',
  'fast-check',
  'hono',
  'knip',
  'pino',
  'playwright-core',
  'preact',
  'undici',
  'vite',
  'winston',
  'zod',
] as const
const largestClean = 2 * 2 ** 20

/** How much an example counts where it is less sure, or where there are many of its kind. */
const weights = { doubtful: 1, unlabelled: 0.3, clean: 3, made: 0.5 } as const
/** So many sure examples of one kind a repository has at full weight; of more, each counts less. */
const fullWeight = 20
/** Out of scope all the same: they are identifiers, and it does no harm to mask them. */
const undecided: ReadonlySet<string> = new Set(['Token', 'Key', 'Password', 'Secret', 'Auth', 'API'])

const anchors = new AnchorSet(contexts.filter(({ structure }) => structure === 'assignment')).all
const words = new RegExp(
  anchors.map(({ literal }) => RegExp.escape(Buffer.from(literal).toString())).join('|'),
  'gi',
)
const scratch = new Features()

/** The files of CredData that may be trained on, and their labels. */
export function labelledFiles(dir: string): { bytes: Buffer; labels: readonly Label[] }[] {
  const files = Map.groupBy(readLabels(dir, 'develop'), ({ file }) => file)
  return [...files].map(([file, labels]) => ({ bytes: readFileSync(join(dir, 'files', file)), labels }))
}

/** All examples, weighed. */
export function examplesOf(files: ReturnType<typeof labelledFiles>, pairCosts: Uint8Array): Example[] {
  const examples = [
    ...files.flatMap(({ bytes, labels }) => fromLabels(bytes, labels, pairCosts)),
    ...cleanFiles().flatMap((path) => fromClean(readFileSync(path), pairCosts)),
    ...madeTexts().flatMap(({ text, isCredential }) => fromMade(text, isCredential, pairCosts)),
  ]
  return weighed(examples)
}

function* claimsIn(bytes: Uint8Array): Generator<readonly [Text, Claim]> {
  const text = new Text(bytes, true)
  const seen = new Set<number>()
  const latin1 = Buffer.from(bytes).toString('latin1')
  words.lastIndex = 0
  for (let match = words.exec(latin1); match !== null; match = words.exec(latin1)) {
    // One word may end in another.
    words.lastIndex = match.index + 1
    for (const anchor of anchors) {
      if (!text.has(anchor.literal, match.index, true)) continue
      for (const claim of claimsAt(text, match.index, anchor)) {
        if (claim.end <= claim.start || seen.has(claim.start) || ruleOn(text, claim) !== undefined) continue
        seen.add(claim.start)
        yield [text, claim]
      }
    }
  }
}

function fromLabels(bytes: Buffer, labels: readonly Label[], pairCosts: Uint8Array): Example[] {
  return [...claimsIn(bytes)].flatMap(([text, claim]) => {
    const verdict = verdictOn(claim, labels)
    return verdict === null
      ? []
      : [exampleOf([text, claim], pairCosts, { ...verdict, group: labels[0]!.repository })]
  })
}

function verdictOn({ start, end }: Claim, labels: readonly Label[]): Verdict | null {
  const touching = labels.filter(({ valueSpan, lineSpan }) => {
    const [from, to] = valueSpan ?? lineSpan
    return start < to && end > from
  })
  const right = touching.find(({ truth, valueSpan }) => truth === 'T' && valueSpan !== null)
  if (right !== undefined && !isInScope(right) && !right.categories.some((one) => undecided.has(one)))
    return null
  if (right !== undefined) return { isCredential: true, by: 'label', weight: 1 }
  if (touching.some(({ truth }) => truth === 'F')) return { isCredential: false, by: 'label', weight: 1 }
  const isDoubtful = touching.some(({ truth }) => truth === 'X')
  return isDoubtful
    ? { isCredential: false, by: 'doubt', weight: weights.doubtful }
    : { isCredential: false, by: 'nobody', weight: weights.unlabelled }
}

function fromClean(bytes: Buffer, pairCosts: Uint8Array): Example[] {
  const verdict = { isCredential: false, by: 'nobody' as const, weight: weights.clean, group: 'clean' }
  return [...claimsIn(bytes)].map((found) => exampleOf(found, pairCosts, verdict))
}

function fromMade(text: string, isCredential: boolean, pairCosts: Uint8Array): Example[] {
  const verdict = { isCredential, by: 'nobody' as const, weight: weights.made, group: 'made' }
  return [...claimsIn(Buffer.from(text))].map((found) => exampleOf(found, pairCosts, verdict))
}

function exampleOf(
  [text, claim]: readonly [Text, Claim],
  pairCosts: Uint8Array,
  verdict: Verdict & Pick<Example, 'group'>,
): Example {
  collect(text, claim, pairCosts, scratch)
  const { key, start, end, how, place } = claim
  const sameAs = [text.latin1(key.start, key.nameEnd), text.latin1(start, end), how, place].join('\0')
  return { ...verdict, sameAs, features: scratch.buckets.slice(0, scratch.count) }
}

function cleanFiles(): string[] {
  const patterns = cleanPackages.map((name) => `node_modules/${name}/**/*.{js,cjs,mjs,ts,md,json}`)
  return globSync(patterns)
    .filter((path) => statSync(path).isFile() && statSync(path).size <= largestClean)
    .toSorted()
}

/** Of equal examples, and of many in one repository, each counts less. */
function weighed(examples: readonly Example[]): Example[] {
  const equal = countsOf(examples, ({ group, isCredential, sameAs }) => `${group}${isCredential}${sameAs}`)
  for (const example of examples) example.weight /= Math.sqrt(equal(example))
  const kind = countsOf(examples, ({ group, isCredential }) => `${group}${isCredential}`)
  for (const example of examples) {
    if (example.group !== 'clean') example.weight *= Math.min(1, Math.sqrt(fullWeight / kind(example)))
  }
  return [...examples]
}

function countsOf(
  examples: readonly Example[],
  keyOf: (example: Example) => string,
): (example: Example) => number {
  const counts = new Map<string, number>()
  for (const example of examples) counts.set(keyOf(example), (counts.get(keyOf(example)) ?? 0) + 1)
  return (example) => counts.get(keyOf(example)) ?? 1
}

const keys = {
  password:
    'password passwd db_password DB_PASSWORD POSTGRES_PASSWORD mysql.password adminPassword pwd smtp-password',
  credential:
    'token api_key API_KEY apiKey X-Api-Key secret client_secret CLIENT_SECRET clientSecret access_token ' +
    'GITHUB_TOKEN SECRET_KEY secretKey auth_token PRIVATE-TOKEN app.secret encryption_key',
} as const
const notations = [
  (key: string, value: string) => `${key}=${value}\n`,
  (key: string, value: string) => `export ${key}=${value}\n`,
  (key: string, value: string) => `  ${key}: ${value}\n`,
  (key: string, value: string) => `{"${key}": "${value}"}`,
  (key: string, value: string) => `{"a":1,"${key}":"${value}","b":2}`,
  (key: string, value: string) => `${key} = "${value}"\n`,
  (key: string, value: string) => `const ${key} = '${value}';\n`,
  (key: string, value: string) => `run --${key} ${value} --port 80\n`,
  (key: string, value: string) => `curl -H '${key}: ${value}' https://example.org\n`,
  (key: string, value: string) => `GET /a?x=1&${key}=${value}&y=2 HTTP/1.1`,
  (key: string, value: string) => `<${key}>${value}</${key}>`,
  (key: string, value: string) => `level=info user=ann ${key}=${value} status=200\n`,
] as const
const stems = 'sommer hunter dragon blue monkey admin letme winter river tiger pepper castle'.split(' ')
const standIns = (
  'your_token your-password-here xxxxxxxx changeit string required optional secretName my-secret-name ' +
  'path/to/file file.pem SecretsManager token_endpoint refresh 12 3600 enabled user.password config.token'
).split(' ')

/** Passwords that JSON holds as numbers. */
const numeric = (key: string, value: string): string => `{"user":"ann","${key}":${value}}`

interface Made {
  readonly text: string
  readonly isCredential: boolean
}

function madeTexts(): Made[] {
  const random = sequence(1)
  const numbers = keys.password.split(' ').flatMap((key) =>
    [1, 2, 3].map((): Made => ({
      text: numeric(key, String(random(10 ** 8)).padStart(8, '1')),
      isCredential: true,
    })),
  )
  const others = Object.entries(keys).flatMap(([kind, names]) =>
    names.split(' ').flatMap((key) =>
      notations.flatMap((write): Made[] => [
        {
          text: write(key, kind === 'password' ? madePassword(random) : madeToken(random)),
          isCredential: true,
        },
        { text: write(key, standIns[random(standIns.length)]!), isCredential: false },
      ]),
    ),
  )
  return [...numbers, ...others]
}

function madePassword(random: (below: number) => number): string {
  const stem = stems[random(stems.length)]!
  const capital = random(2) === 0 ? stem : stem[0]!.toUpperCase() + stem.slice(1)
  return `${capital}${['!', '#', '', '-', '_'][random(5)]}${random(10_000)}`
}

function madeToken(random: (below: number) => number): string {
  const alphabets = ['0123456789abcdef', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789']
  const alphabet = alphabets[random(2)]!
  return Array.from(
    { length: [20, 24, 32, 40, 43][random(5)]! },
    () => alphabet[random(alphabet.length)],
  ).join('')
}

/** Numbers below a bound, the same on every machine. */
export function sequence(seed: number): (below: number) => number {
  let count = 0
  return (below) => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() % below
}
