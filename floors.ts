// Who may import whom, what each room may use of Node and npm, and with which rights each program starts.
// oxlint.config.ts makes rules of this table; tools/reach.ts counts what each program can reach.

export interface Floor {
  /** Folder of the room. */
  readonly at: string
  /** Doors that it may import. */
  readonly from: readonly string[]
  /** Node modules, without `node:`. */
  readonly node: readonly string[]
  readonly npm: readonly string[]
  /** Pure rooms see no clock, no randomness, no process and no network. */
  readonly isPure?: boolean
  /** The page in the browser speaks with its own server. */
  readonly hasFetch?: boolean
}

export const floors = {
  base: { at: 'src/base', from: [], node: [], npm: [], isPure: true },

  redaction: { at: 'src/engines/redaction', from: ['base'], node: [], npm: [], isPure: true },
  forms: { at: 'src/engines/forms', from: ['base'], node: ['crypto'], npm: [], isPure: true },
  known: { at: 'src/engines/known', from: ['base'], node: ['crypto'], npm: [], isPure: true },
  grep: { at: 'src/engines/grep', from: ['base'], node: [], npm: [], isPure: true },
  patch: { at: 'src/engines/patch', from: ['base'], node: [], npm: [], isPure: true },
  policy: {
    at: 'src/engines/policy',
    from: ['base'],
    node: ['crypto'],
    npm: ['@cedar-policy/cedar-wasm/nodejs'],
    isPure: true,
  },
  receipts: { at: 'src/engines/receipts', from: ['base'], node: ['crypto'], npm: [], isPure: true },
  tlog: { at: 'src/engines/tlog', from: ['base'], node: ['crypto'], npm: [], isPure: true },
  review: { at: 'src/engines/review', from: ['base'], node: [], npm: ['zod'], isPure: true },
  routes: { at: 'src/engines/routes', from: ['base'], node: ['zlib'], npm: [], isPure: true },
  token: { at: 'src/engines/token', from: ['base'], node: ['crypto'], npm: [], isPure: true },
  wire: { at: 'src/engines/wire', from: ['base'], node: ['crypto', 'stream'], npm: ['zod'], isPure: true },

  os: {
    at: 'src/edges/os',
    from: ['base'],
    node: ['child_process', 'crypto', 'fs', 'module', 'os', 'path', 'process'],
    npm: ['koffi'],
  },
  journal: {
    at: 'src/edges/journal',
    from: ['base', 'receipts', 'tlog', 'os'],
    node: ['crypto', 'fs', 'fs/promises', 'path'],
    npm: [],
  },
  verify: {
    at: 'src/edges/verify',
    from: ['base', 'receipts', 'tlog'],
    node: ['crypto', 'fs', 'path'],
    npm: [],
  },
  vault: {
    at: 'src/edges/vault',
    from: ['base', 'os'],
    node: ['crypto', 'fs', 'fs/promises', 'path'],
    npm: [],
  },
  keystore: {
    at: 'src/edges/keystore',
    from: ['base'],
    node: ['crypto', 'fs', 'fs/promises', 'path', 'process'],
    npm: ['@napi-rs/keyring'],
  },
  files: { at: 'src/edges/files', from: ['base'], node: ['fs', 'path', 'crypto'], npm: [] },
  scanning: {
    at: 'src/edges/scanning',
    from: ['base', 'redaction'],
    node: [
      'buffer',
      'child_process',
      'crypto',
      'fs',
      'path',
      'sqlite',
      'stream',
      'url',
      'worker_threads',
      'zlib',
    ],
    npm: ['fflate', 'ignore'],
  },
  ingest: {
    at: 'src/edges/ingest',
    from: ['base', 'redaction'],
    node: ['dgram', 'events', 'http', 'https', 'net', 'stream', 'zlib'],
    npm: [],
  },
  consent: {
    at: 'src/edges/consent',
    from: ['base', 'receipts', 'wire', 'os'],
    node: ['crypto', 'fs', 'path'],
    npm: [],
  },
  registry: {
    at: 'src/edges/registry',
    from: ['base'],
    node: ['crypto', 'fs', 'path', 'sqlite', 'worker_threads'],
    npm: ['kysely', 'pg'],
  },
  scrub: {
    at: 'src/edges/scrub',
    from: ['base', 'redaction'],
    node: ['buffer', 'stream', 'zlib'],
    npm: [],
  },
  feed: {
    at: 'src/edges/feed',
    from: ['base', 'token'],
    node: ['crypto', 'events', 'http', 'https'],
    npm: ['@nats-io/transport-node'],
  },
  logging: {
    at: 'src/edges/logging',
    from: ['base', 'redaction', 'known'],
    node: ['crypto', 'fs', 'path', 'process', 'stream', 'stream/promises', 'util', 'v8'],
    npm: ['age-encryption'],
  },
  tokenclient: {
    at: 'src/edges/tokenclient',
    from: ['base', 'token'],
    node: ['crypto', 'http', 'https'],
    npm: [],
  },

  broker: {
    at: 'src/programs/broker',
    from: ['base', 'receipts', 'wire', 'policy', 'routes', 'os', 'journal', 'consent'],
    node: [
      'child_process',
      'crypto',
      'fs',
      'fs/promises',
      'net',
      'os',
      'path',
      'process',
      'stream',
      'module',
      'url',
    ],
    npm: ['smol-toml', 'zod'],
  },
  keeper: {
    at: 'src/programs/keeper',
    from: ['base', 'wire', 'forms', 'os', 'vault', 'keystore'],
    node: ['crypto', 'net', 'process', 'path'],
    npm: [],
  },
  reader: {
    at: 'src/programs/reader',
    from: ['base', 'wire', 'redaction', 'known', 'grep', 'patch', 'files'],
    node: ['crypto', 'fs', 'net', 'process', 'path', 'util'],
    npm: [],
  },
  console: {
    at: 'src/programs/console',
    from: ['base', 'wire', 'policy', 'review', 'verify'],
    node: ['crypto', 'fs', 'http', 'net', 'path', 'process', 'stream', 'stream/promises', 'url'],
    npm: [],
  },
  gateway: {
    at: 'src/programs/gateway',
    from: ['base', 'wire', 'routes', 'known', 'scrub'],
    node: ['crypto', 'dns', 'http', 'net', 'process', 'stream', 'tls'],
    npm: ['undici'],
  },
  tokens: {
    at: 'src/programs/tokens',
    from: ['base', 'token', 'tokenclient', 'wire'],
    node: ['crypto', 'net', 'process', 'stream'],
    npm: [],
  },
  server: {
    at: 'src/programs/server',
    from: ['base', 'token', 'redaction', 'os', 'vault', 'keystore', 'journal', 'registry', 'feed'],
    node: ['crypto', 'fs', 'http', 'https', 'net', 'path', 'process', 'tls', 'url', 'util'],
    npm: ['jose', 'oauth4webapi', 'oidc-provider', 'smol-toml', 'zod'],
  },
  cli: {
    at: 'src/programs/cli',
    from: [
      'base',
      'wire',
      'redaction',
      'policy',
      'review',
      'routes',
      'verify',
      'token',
      'os',
      'scanning',
      'ingest',
    ],
    node: [
      'child_process',
      'crypto',
      'events',
      'fs',
      'http',
      'https',
      'module',
      'net',
      'os',
      'path',
      'process',
      'readline',
      'readline/promises',
      'stream',
      'stream/consumers',
      'tty',
      'url',
      'util',
    ],
    npm: [
      'age-encryption',
      '@modelcontextprotocol/server',
      '@modelcontextprotocol/server/stdio',
      'commander',
      'smol-toml',
      'zod',
    ],
  },

  lib: {
    at: 'src/api/lib',
    from: ['base', 'redaction', 'forms', 'known', 'files', 'journal', 'verify'],
    node: [],
    npm: [],
  },
  web: {
    at: 'web/src',
    from: ['base', 'wire', 'redaction'],
    node: [],
    npm: ['preact', 'preact/hooks', '@preact/signals'],
    hasFetch: true,
  },
} as const satisfies Record<string, Floor>

/**
 * Most lines of ours that the trusted core (what broker and keeper reach together) may have, comments and all. It may
 * only shrink: docs/decisions/0010 says why it is not 6,000 yet, 0016, 0017, 0026, 0031 and 0033 what was added since.
 */
export const trustedCoreLines = 15_800

/** Programs and the file that each starts from. */
export const programs = {
  broker: 'src/programs/broker/main.ts',
  keeper: 'src/programs/keeper/main.ts',
  reader: 'src/programs/reader/main.ts',
  console: 'src/programs/console/main.ts',
  gateway: 'src/programs/gateway/main.ts',
  tokens: 'src/programs/tokens/main.ts',
  server: 'src/programs/server/main.ts',
  cli: 'src/programs/cli/main.ts',
} as const

/** With which of Node's permission flags the broker starts its children. */
export { permissions } from './src/programs/broker/rights.ts'
