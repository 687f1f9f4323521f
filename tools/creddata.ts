// Rebuilds the labelled files of CredData from mirrors of the repositories that it labels, for training and measuring:
//
//     node tools/creddata.ts MIRRORS OUT
//
// MIRRORS holds a git directory for each repository, `OWNER+NAME`, that of Samsung/CredData among them; what has no
// mirror is left out. OUT receives `files/REPOSITORY/FILE`, byte for byte, and `labels.jsonl`, a label each line (see
// bench/creddata.ts). Repositories whose id leaves 2 when divided by 3 are sealed: they are neither read nor written.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { partOf, type Label } from '../bench/creddata.ts'

/** The state of CredData that the figures in our docs speak of. */
const dataCommit = 'c2e5761a'
const largestFile = 64 * 2 ** 20

interface Row {
  readonly file: string
  readonly lineStart: number
  readonly lineEnd: number
  readonly truth: Label['truth']
  /** Characters from the start of their lines, or null where a label is for the whole line. */
  readonly span: readonly [start: number, end: number] | null
  readonly categories: readonly string[]
}

const [mirrors, out] = process.argv.slice(2)
if (mirrors === undefined || out === undefined) {
  console.error('usage: node tools/creddata.ts MIRRORS OUT')
  process.exitCode = 2
} else {
  build(mirrors, out)
}

function build(mirrors: string, out: string): void {
  const data = mirrorOf(mirrors, 'Samsung/CredData')
  if (data === null) throw new Error('there is no mirror of Samsung/CredData')
  const snapshot = JSON.parse(show(data, `${dataCommit}:snapshot.json`).toString()) as Record<string, string>
  const labels: Label[] = []
  for (const [key, url] of Object.entries(snapshot)) {
    const id = crc32(Buffer.from(key, 'hex')).toString(16).padStart(8, '0')
    const name = url.replace(/^https:\/\/github\.com\//, '').replace(/\.git$/, '')
    const mirror = partOf(id) === 'sealed' ? null : mirrorOf(mirrors, name)
    if (mirror === null) continue
    const rows = rowsOf(show(data, `${dataCommit}:meta/${id}.csv`).toString())
    const found = labelsOf(id, rows, filesIn(mirror, key.slice(0, 40)), join(out, 'files'))
    console.log(`${id} ${partOf(id)} ${name}: ${found.length} of ${rows.length} labels`)
    labels.push(...found)
  }
  writeFileSync(join(out, 'labels.jsonl'), labels.map((label) => `${JSON.stringify(label)}\n`).join(''))
}

function mirrorOf(mirrors: string, name: string): string | null {
  const [at] = globSync(
    ['', '*/', '*/*/'].map((depth) => `${join(mirrors, name.replace('/', '+'))}/${depth}HEAD`),
  )
  return at === undefined ? null : join(at, '..')
}

function show(mirror: string, object: string): Buffer {
  return git(mirror, ['cat-file', '-p', object])
}

function git(mirror: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('git', [`--git-dir=${mirror}`, ...args], {
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(stderr.toString())
  return stdout
}

/** Reads the metadata: comma-separated, no field of which holds a comma. */
function rowsOf(csv: string): Row[] {
  const [head = '', ...lines] = csv.trim().split(/\r?\n/)
  const names = head.split(',')
  return lines.map((line) => {
    const fields = line.split(',')
    const field = (name: string): string => fields[names.indexOf(name)] ?? ''
    const [start, end] = [field('ValueStart'), field('ValueEnd')].map((text) =>
      text === '' ? -1 : Number(text),
    )
    return {
      file: field('FileID') + extname(field('FilePath')),
      lineStart: Number(field('LineStart')),
      lineEnd: Number(field('LineEnd')),
      truth: field('GroundTruth') as Label['truth'],
      span: start! >= 0 && end! >= 0 ? [start!, end!] : null,
      categories: field('Category').split(':'),
    }
  })
}

/** Reads a commit's files, by the start of the hash of their path. */
function filesIn(mirror: string, commit: string): (id: string) => Buffer | null {
  const blobs = new Map<string, string>()
  for (const entry of git(mirror, ['ls-tree', '-rz', commit]).toString().split('\0')) {
    const [, blob, path] = /^100\d+ blob (\w+)\t(.*)$/s.exec(entry) ?? []
    if (blob !== undefined) blobs.set(createHash('sha256').update(path!).digest('hex').slice(0, 8), blob)
  }
  return (id) => {
    const blob = blobs.get(id)
    const has =
      blob !== undefined && spawnSync('git', [`--git-dir=${mirror}`, 'cat-file', '-e', blob]).status === 0
    return has ? git(mirror, ['cat-file', 'blob', blob]) : null
  }
}

function labelsOf(
  repository: string,
  rows: readonly Row[],
  read: (id: string) => Buffer | null,
  out: string,
): Label[] {
  const part = partOf(repository)
  if (part === 'sealed') return []
  return [...Map.groupBy(rows, ({ file }) => file)].flatMap(([file, rows]) => {
    const bytes = read(basename(file, extname(file)))
    if (bytes === null || bytes.length > largestFile) return []
    mkdirSync(join(out, repository), { recursive: true })
    if (!existsSync(join(out, repository, file))) writeFileSync(join(out, repository, file), bytes)
    const lines = linesOf(bytes)
    return rows
      .flatMap((row) => labelOf(row, lines) ?? [])
      .map((label) => ({ repository, part, file: `${repository}/${file}`, ...label }))
  })
}

interface Line {
  /** Of its first byte. */
  readonly at: number
  readonly text: string
  readonly encoding: 'utf8' | 'latin1'
}

/** Lines as the labels count them: any of CR, LF and CRLF ends one. */
function linesOf(bytes: Buffer): Line[] {
  const whole = bytes.toString('latin1')
  const starts = [0, ...[...whole.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length)]
  const encoding = Buffer.from(bytes.toString('utf8')).equals(bytes) ? 'utf8' : 'latin1'
  return starts.map((at, index) => {
    const line = bytes.subarray(at, starts[index + 1] ?? bytes.length)
    return { at, text: line.toString(encoding).replace(/[\r\n]+$/, ''), encoding }
  })
}

function labelOf(
  { lineStart, lineEnd, span, truth, categories }: Row,
  lines: readonly Line[],
): Omit<Label, 'repository' | 'part' | 'file'> | null {
  const [first, last] = [lines[lineStart - 1], lines[lineEnd - 1]]
  if (first === undefined || last === undefined) return null
  const lineSpan = [first.at, byteOf(last, last.text.length)] as const
  const valueSpan = span === null ? null : ([byteOf(first, span[0]), byteOf(last, span[1])] as const)
  return { line: lineStart, lineSpan, valueSpan, truth, categories }
}

/** Where the character of that number is, counted as whole code points. */
function byteOf({ at, text, encoding }: Line, character: number): number {
  return at + Buffer.byteLength(Array.from(text).slice(0, character).join(''), encoding)
}
