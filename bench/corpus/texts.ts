// Kinds of text that a redactor meets, each without a secret in it.
import { Dice } from './dice.ts'
import { realLines, type SourceKind } from './sources.ts'

/** Gives one line, or a few that belong together, with the newline at the end. */
type Line = (dice: Dice) => string

const levels = [20, 30, 30, 30, 30, 40, 50]
const messages = [
  'request completed',
  'cache miss for key user:profile',
  'token refreshed',
  'password changed by the user',
  'secret rotation finished',
  'connection to database closed',
  'job finished, next key is pending',
  'api key accepted',
  'authorization header missing',
  'retrying after 429',
]
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'curl/8.16.0',
  'node',
]
const paths = [
  '/api/v1/users',
  '/healthz',
  '/static/app.css',
  '/v1/messages',
  '/api/tokens',
  '/login',
  '/auth/keys',
]
const words =
  'the model reads a file and answers with one more line of text that nobody asked for in the end'.split(' ')
const settings = [
  'PORT',
  'LOG_LEVEL',
  'NODE_ENV',
  'CACHE_TTL',
  'MAX_TOKENS',
  'REGION',
  'KEY_PREFIX',
  'AUTH_MODE',
]
const values = [
  '3000',
  'info',
  'production',
  '3600',
  '4096',
  'eu-central-1',
  'user:',
  'oidc',
  'true',
  '/var/lib/app',
]
const cjk =
  '日本語の文章を読む人は少なくないが、鍵や暗号を探すことは難しい。中文文本也很常见。한국어도 있습니다'

const lines = {
  pino: (dice) =>
    `{"level":${dice.pick(levels)},"time":${1_790_000_000_000 + dice.int(1e9)},"pid":${dice.int(65_536)},"hostname":"${dice.text('hex', 12)}","reqId":"${dice.uuid()}","traceId":"${dice.text('hex', 32)}","req":{"method":"GET","url":"${dice.pick(paths)}?page=${dice.int(100)}"},"tokens":${dice.int(4096)},"responseTime":${dice.int(900)},"msg":"${dice.pick(messages)}"}\n`,
  access: (dice) =>
    `10.${dice.int(256)}.${dice.int(256)}.${dice.int(256)} - - [24/Nov/2026:12:${dice.between(10, 59)}:${dice.between(10, 59)} +0000] "GET ${dice.pick(paths)}/${dice.int(1e6)} HTTP/1.1" 200 ${dice.int(90_000)} "-" "${dice.pick(agents)}"\n`,
  sse: (dice) =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${dice.pick(words)} ${dice.pick(words)}"}}\n\n`,
  prompt: (dice) => {
    const part = real(dice, dice.pick(['markdown', 'code', 'types']), dice.between(5, 40))
    return `{"role":"user","content":${JSON.stringify(`Please look at this:\n\`\`\`\n${part}\`\`\``)}}\n`
  },
  markdown: (dice) => real(dice, 'markdown', 30),
  code: (dice) => real(dice, 'code', 40),
  types: (dice) => real(dice, 'types', 40),
  minified: (dice) => real(dice, 'minified', 2),
  python: (dice) => (dice.int(4) === 0 ? pythonOfKeys(dice) : pythonOfAnything(dice)),
  lock: (dice) =>
    `    "node_modules/${dice.pick(words)}-${dice.pick(words)}": {\n      "version": "${dice.int(20)}.${dice.int(20)}.${dice.int(9)}",\n      "integrity": "sha512-${dice.text('base64', 86)}==",\n      "license": "MIT"\n    },\n`,
  image: (dice) =>
    `<img alt="" src="data:image/png;base64,iVBORw0KGgo${dice.text('base64', dice.between(2000, 8000))}">\n`,
  git: (dice) =>
    `commit ${dice.text('hex', 40)}\nAuthor: A. Person <person${dice.int(90)}@example.org>\nDate:   Tue Nov 24 12:00:00 2026 +0000\n\n    ${dice.pick(words)}: ${dice.pick(words)} the ${dice.pick(words)}\n\nindex ${dice.text('hex', 7)}..${dice.text('hex', 7)} 100644\n`,
  env: (dice) => `# ${dice.pick(words)}\n${dice.pick(settings)}_${dice.int(9)}=${dice.pick(values)}\n`,
  yaml: (dice) =>
    `  ${dice.pick(words)}:\n    image: registry.example.org/${dice.pick(words)}@sha256:${dice.text('hex', 64)}\n    tokens: ${dice.int(4096)}\n    key: ${dice.pick(words)}\n    env:\n      - name: ${dice.pick(settings)}\n        value: "${dice.pick(values)}"\n`,
  cjk: (dice) => {
    const from = dice.int(cjk.length - 12)
    return `${cjk.slice(from, from + dice.between(8, 40))}${dice.int(1000)}。\n`
  },
} as const satisfies Record<string, Line>

function pythonOfKeys(dice: Dice): string {
  return `def ${dice.pick(words)}_${dice.int(100)}(self, token: str, key=None, *, max_tokens: int = ${dice.int(4096)}) -> dict:\n    """Gives the ${dice.pick(words)} of a ${dice.pick(words)}."""\n    if token is None or key not in self._keys:\n        raise KeyError(f"no key {key!r}")\n    return {"token_count": len(token), "key": self.${dice.pick(words)}(key)}\n\n`
}

function pythonOfAnything(dice: Dice): string {
  return `class ${dice.pick(words)}${dice.int(100)}(Base):\n    """Holds the ${dice.pick(words)} that ${dice.pick(words)} gave."""\n\n    def __init__(self, path: Path, size: int = ${dice.int(4096)}) -> None:\n        self.rows = [row for row in path.read_text().splitlines() if len(row) > ${dice.int(80)}]\n        self.total = sum(len(row) for row in self.rows[:size])\n\n    def ${dice.pick(words)}(self, at: int) -> str:\n        return self.rows[at % len(self.rows)].strip().upper()\n\n`
}

type LineKind = keyof typeof lines
/** `random` is bytes without any order. */
export type TextKind = LineKind | 'random'

/** All kinds. */
export const textKinds = Object.keys({ ...lines, random: null }) as readonly TextKind[]

/** Text of a kind, as many bytes as asked for: the last character may be cut. */
export function text(kind: TextKind, size: number, seed: number): Buffer {
  const dice = new Dice(seed)
  return kind === 'random' ? dice.bytes(size) : block(kind, size, dice).subarray(0, size)
}

/** Whole lines of one kind, `size` bytes or more. */
export function block(kind: LineKind, size: number, dice: Dice): Buffer {
  const parts: string[] = []
  for (let length = 0; length < size;) {
    const part = lines[kind](dice)
    parts.push(part)
    length += part.length
  }
  return Buffer.from(parts.join(''))
}

function real(dice: Dice, kind: SourceKind, count: number): string {
  const all = realLines(kind)
  const from = dice.int(Math.max(1, all.length - count))
  return `${all.slice(from, from + count).join('\n')}\n`
}

/** Kinds that make up what an assistant's machine writes and reads, each as often as it stands here. */
export const mixture: readonly LineKind[] = [
  ...repeat(['pino', 'prompt'], 4),
  ...repeat(['access', 'sse', 'code', 'types', 'markdown'], 2),
  ...repeat(['python', 'lock', 'image', 'git', 'env', 'yaml', 'minified', 'cjk'], 1),
]

function repeat(kinds: readonly LineKind[], times: number): LineKind[] {
  return Array.from({ length: times }, () => kinds).flat()
}
