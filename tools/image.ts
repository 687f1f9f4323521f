// `node tools/image.ts`: lays out the prefilter's memory for our own anchors and keeps it, packed, in
// src/engines/redaction/prefilter-image.ts, so that no start has to. With --check it says whether what is kept is current.
import { readFileSync, writeFileSync } from 'node:fs'
import { defaultAnchors } from '../src/engines/redaction/detectors.ts'
import { imageAt, memoryBytes } from '../src/engines/redaction/prefilter-machine.ts'
import { deal } from '../src/engines/redaction/prefilter-buckets.ts'
import { choicesOf, nameOf, writeTables } from '../src/engines/redaction/prefilter-memory.ts'
import { pack } from './pack.ts'

const path = 'src/engines/redaction/prefilter-image.ts'
const memory = new Uint8Array(memoryBytes)
const dealt: readonly string[] = JSON.parse(readFileSync('tools/dealt.json', 'utf8'))
const places = new Map(dealt.map((row) => placeOf(row.split(' '))))
const usualReach = writeTables(
  memory,
  defaultAnchors.all,
  deal(
    defaultAnchors.all.map(choicesOf),
    defaultAnchors.all.map((anchor) => places.get(nameOf(anchor))),
  ),
)
if (usualReach < 0) throw new Error('there are more anchors than the prefilter has room for')
const image = memory.subarray(imageAt, 1 + memory.findLastIndex((byte) => byte !== 0))
const old = readFileSync(path, 'utf8')
const text = `${old.slice(0, old.indexOf('/**'))}${written()}`

if (process.argv.includes('--check') && text !== old) {
  console.error(`${path} is out of date: run "node tools/image.ts"`)
  process.exitCode = 1
} else if (text !== old) writeFileSync(path, text)

function placeOf([name, bucket, offset]: readonly string[]): [string, [number, number]] {
  return [name!, [Number(bucket), Number(offset)]]
}

function written(): string {
  return `/** What \`writeTables\` gives for them. */
export const usualReach = ${usualReach}
/** Base64 of what it writes, packed as the module's \`unpack\` reads it. */
export const image =
  '${Buffer.from(pack(image)).toString('base64')}'
`
}
