// The eight places in which secrets are planted, and the forms in which text may hide them.

/** A text, and the characters of it that must not leave. */
export interface Planted {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Puts a secret into a line; `owner` is a word that says whose secret it is. */
type Context = (secret: string, owner: string) => Planted

export const contexts = {
  json: (secret, owner) => put(`{"level":30,"${owner}Token":"`, inJson(secret), `","msg":"sent"}\n`),
  env: (secret, owner) => put(`${owner.toUpperCase()}_TOKEN=`, quotedIfLong(secret), '\n'),
  yaml: (secret, owner) => put(`  ${owner}:\n    token: "`, inJson(secret), `"\n    retries: 3\n`),
  header: (secret, owner) => put(`x-${owner}-key: `, oneLine(secret), '\r\naccept: */*\r\n'),
  query: (secret, owner) =>
    put(`GET https://${owner}.example.org/v1?page=2&api_key=`, inQuery(secret), ' HTTP/1.1\n'),
  code: (secret, owner) => put(`const ${owner}Client = connect('`, inJson(secret), `', { retries: 3 })\n`),
  markdown: (secret, owner) => put(`Set the ${owner} key to \``, secret, '` and try again.\n'),
  diff: (secret, owner) => put(`-${owner}_key: old\n+${owner}_key: `, oneLine(secret), '\n'),
} as const satisfies Record<string, Context>
export type ContextName = keyof typeof contexts

export const contextNames = Object.keys(contexts) as readonly ContextName[]

function put(before: string, secret: string, after: string): Planted {
  return { text: before + secret + after, start: before.length, end: before.length + secret.length }
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

function oneLine(secret: string): string {
  return secret.replaceAll('\n', '\\n')
}

function quotedIfLong(secret: string): string {
  return secret.includes('\n') ? `"${secret}"` : secret
}

/** As `URLSearchParams` does, for what a query cannot hold; most writers leave the rest alone. */
function inQuery(secret: string): string {
  return secret.replace(/[\s&#%"<>]/g, (character) => encodeURIComponent(character))
}
