import { defineConfig, type OxlintOverride } from 'oxlint'
import { floors, type Floor } from './floors.ts'

/** Ways to the network, and to every global under another name. */
const reachingGlobals = ['fetch', 'WebSocket', 'EventSource', 'globalThis', 'global']

const impureGlobals = [
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'performance',
  'navigator',
  'console',
]

/**
 * One list for each room, and what it does not name is refused. (Several lists would not do: a name that one of them
 * lets in is let in by all.) Patterns are those of .gitignore, so the last that matches decides.
 */
function rulesOf(room: string, floor: Floor): OxlintOverride {
  const names = [
    ...floor.from.map((door) => `#${door}`),
    ...floor.node.map((name) => `node:${name}`),
    ...floor.npm,
  ]
  // A bare name would also let in `elsewhere/name`.
  const letIn = names.flatMap((name) => [`!${name}`, `*/**/${name}`])
  return {
    files: [`${floor.at}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['*', '!./**', ...letIn, '../**', './../**', './**/../**'],
              message: `${room} may import ${names.join(', ') || 'nothing'} and files of its own (see floors.ts).`,
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', ...forbiddenGlobals(floor)],
      ...(floor.isPure === true && {
        'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      }),
    },
  }
}

function forbiddenGlobals({ isPure = false, hasFetch = false }: Floor): string[] {
  const reaching = reachingGlobals.filter((name) => !(hasFetch && name === 'fetch'))
  return isPure ? [...reaching, ...impureGlobals] : reaching
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'node', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: [
    'node_modules/**',
    'dist/**',
    'dist-redaction/**',
    'web/dist/**',
    'test/negative/**',
    'docs/api/**',
    'tools/wasm/**',
  ],
  rules: {
    eqeqeq: 'error',
    'no-console': 'error',
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 4 }],
    complexity: ['error', { max: 12 }],
    'import/no-cycle': 'error',
    'import/extensions': ['error', 'always', { ignorePackages: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/no-unsafe-type-assertion': 'error',
    'no-eval': 'error',
    'no-new-func': 'error',
    'no-underscore-dangle': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...Object.entries<Floor>(floors).map(([room, floor]) => rulesOf(room, floor)),
    {
      // `redact(text)` makes itself a key where the caller has none.
      files: ['src/engines/redaction/process-key.ts'],
      rules: {
        'no-restricted-globals': [
          'error',
          ...forbiddenGlobals(floors.redaction).filter((name) => name !== 'crypto'),
        ],
      },
    },
    {
      // The four places that read what came from outside; each says beside the cast which check stands behind it.
      files: ['src/engines/wire/channel.ts'],
      rules: { 'typescript/no-unsafe-type-assertion': 'off' },
    },
    {
      files: ['**/*.test.ts'],
      rules: {
        'no-restricted-imports': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-properties': 'off',
        'typescript/no-floating-promises': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
        'max-lines-per-function': 'off',
        'import/no-named-as-default-member': 'off',
        // Fake secrets are put together from pieces.
        'typescript/no-unnecessary-template-expression': 'off',
        'typescript/unbound-method': 'off',
        'unicorn/consistent-function-scoping': 'off',
      },
    },
    {
      files: ['examples/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              { group: ['#*', '../**'], message: 'An example imports what is published: keyreeve/….' },
            ],
          },
        ],
      },
    },
    {
      files: ['src/programs/cli/**', 'tools/**', 'examples/**', 'bench/**', 'test/**'],
      rules: { 'no-console': 'off', 'typescript/no-unsafe-type-assertion': 'off' },
    },
  ],
})
