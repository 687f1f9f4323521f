import { defineConfig, type OxlintOverride } from 'oxlint'
import { floors, type Floor } from './floors.ts'

const pureGlobals = [
  'Date',
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'performance',
]

function rulesOf(room: string, floor: Floor): OxlintOverride {
  const npm = floor.npm.flatMap((name) => [`!${name}`])
  const node = floor.node.map((name) => `!node:${name}`)
  return {
    files: [`${floor.at}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^\\.\\./', message: 'Leave the folder through its door: import from #name.' },
            {
              group: ['#*', ...floor.from.map((door) => `!#${door}`)],
              message: `${room} may import from: ${floor.from.join(', ') || 'nothing'} (see floors.ts).`,
            },
            {
              group: ['node:*', 'node:*/**', ...node],
              message: `${room} may use of Node: ${floor.node.join(', ') || 'nothing'} (see floors.ts).`,
            },
            {
              group: ['*', '!.', '!./**', '!#*', '!node:*', '!node:*/**', ...npm],
              message: `${room} may use of npm: ${floor.npm.join(', ') || 'nothing'} (see floors.ts).`,
            },
          ],
        },
      ],
      ...(floor.isPure === true && {
        'no-restricted-globals': ['error', ...pureGlobals],
        'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      }),
    },
  }
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'node', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist/**', 'web/dist/**', 'test/negative/**'],
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
    'no-underscore-dangle': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...Object.entries<Floor>(floors).map(([room, floor]) => rulesOf(room, floor)),
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
      },
    },
    {
      files: ['src/programs/cli/**', 'tools/**', 'examples/**', 'bench/**', 'test/**'],
      rules: { 'no-console': 'off', 'typescript/no-unsafe-type-assertion': 'off' },
    },
  ],
})
