// The eight places in which secrets are planted, and the forms in which text may hide them.

/** A text, and the characters of it that must not leave. */
export interface Planted {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A secret, what must stand around it to be known, and a word that says whose it is. */
export interface Example {
  /** Id of the detector that should find it. */
  readonly detector: string
  readonly lead: string
  readonly secret: string
  readonly tail: string
  readonly owner: string
}

/** Puts a secret into a line or a few. */
type Context = (example: Example) => Planted

export const contexts = {
  json: (of) => put(`{"level":30,"${of.owner}Token":"`, of, inJson, `","msg":"sent"}\n`),
  env: (of) => put(`${of.owner.toUpperCase()}_TOKEN=${quoteOf(of)}`, of, asIs, `${quoteOf(of)}\n`),
  yaml: (of) => put(`  ${of.owner}:\n    token: "`, of, inJson, '"\n    retries: 3\n'),
  header: (of) => put(`x-${of.owner}-key: `, of, oneLine, '\r\naccept: */*\r\n'),
  query: (of) => put(`GET https://${of.owner}.example.org/v1?page=2&api_key=`, of, inQuery, ' HTTP/1.1\n'),
  code: (of) => put(`const ${of.owner}Client = connect('`, of, inJson, `', { retries: 3 })\n`),
  markdown: (of) => put(`Set the ${of.owner} key to \``, of, asIs, '` and try again.\n'),
  diff: (of) => put(`-${of.owner}_key: old\n+${of.owner}_key: `, of, oneLine, '\n'),
} as const satisfies Record<string, Context>
export type ContextName = keyof typeof contexts

export const contextNames = Object.keys(contexts) as readonly ContextName[]

function put(
  before: string,
  { lead, secret, tail }: Example,
  write: (text: string) => string,
  after: string,
): Planted {
  const start = before.length + write(lead).length
  const written = write(secret)
  return { text: before + write(lead) + written + write(tail) + after, start, end: start + written.length }
}

function asIs(text: string): string {
  return text
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

function oneLine(secret: string): string {
  return secret.replaceAll('\n', '\\n')
}

/** What has several lines stands in quotes there. */
function quoteOf({ secret }: Example): string {
  return secret.includes('\n') ? '"' : ''
}

/** As `URLSearchParams` does, for what a query cannot hold; most writers leave the rest alone. */
function inQuery(secret: string): string {
  return secret.replace(/[\s&#%"<>]/g, (character) => encodeURIComponent(character))
}
