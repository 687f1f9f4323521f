// A brokered 4 KiB read with a standing grant, from MCP client to answer, beside the reference filesystem server; and how
// soon a revocation reaches a read that is under way.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { openTrial, residentMiB, type Trial } from '../tools/trial.ts'
import { bar, inTurns, percentile, type BenchResult } from './bench.ts'
import { measureRevocations } from './revocation.ts'

/** Runs on the compiled `dist/`; `npm run bench` builds it first. */
export default async function brokeredRead(): Promise<BenchResult> {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-bench-`)
  writeFileSync(`${folder}/file.txt`, text())
  const trial = await openTrial({ isCompiled: true })
  try {
    const client = await grantedClient(trial, folder)
    const reference = await referenceClient(folder)
    const path = `${folder}/file.txt`
    const disk = new Disk(`${trial.home}/disk`)
    const times = await inTurns(
      {
        ours: () => client.callTool({ name: 'read_file', arguments: { path } }),
        theirs: () => reference.callTool({ name: 'read_text_file', arguments: { path } }),
        sync: () => disk.sync(),
      },
      { warmUp: 500, runs: 2000 },
    )
    const pids = await trial.pids()
    const memoryMiB = ['broker', 'keeper', 'reader'].map((name) => residentMiB(pids.get(name)!))
    await reference.close()
    return result({ ...times, memoryMiB, revoked: await measureRevocations(trial, folder) })
  } finally {
    await trial.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The least that a durable record costs on this disk: as many bytes as a frame has, overwritten and synced. */
class Disk {
  readonly #fd: number
  readonly #frame = Buffer.alloc(1600, 1)
  #at = 0

  constructor(path: string) {
    writeFileSync(path, Buffer.alloc(8 << 20))
    this.#fd = openSync(path, 'r+')
    fdatasyncSync(this.#fd)
  }

  sync(): void {
    this.#at += writeSync(this.#fd, this.#frame, 0, this.#frame.length, this.#at)
    fdatasyncSync(this.#fd)
  }
}

type Times = Record<'ours' | 'theirs' | 'sync' | 'memoryMiB' | 'revoked', number[]>

function result({ ours, theirs, sync, memoryMiB, revoked }: Times): BenchResult {
  const p50Ms = percentile(ours, 50)
  const theirP50Ms = percentile(theirs, 50)
  const [brokerMiB = 0, keeperMiB = 0, readerMiB = 0] = memoryMiB
  const togetherMiB = brokerMiB + keeperMiB + readerMiB
  const revokeP99Ms = percentile(revoked, 99)
  const oursToReference = p50Ms / theirP50Ms
  return {
    name: 'brokered-read',
    figures: {
      p50Ms,
      p95Ms: percentile(ours, 95),
      p99Ms: percentile(ours, 99),
      brokerMiB,
      keeperMiB,
      readerMiB,
      togetherMiB,
      revokeP50Ms: percentile(revoked, 50),
      revokeP99Ms,
    },
    peers: {
      '@modelcontextprotocol/server-filesystem': { p50Ms: theirP50Ms, p95Ms: percentile(theirs, 95) },
      'write and fdatasync alone': { p50Ms: percentile(sync, 50), p95Ms: percentile(sync, 95) },
    },
    ratios: { oursToReference, oursToSync: p50Ms / percentile(sync, 50) },
    bars: [
      bar('p50Ms', p50Ms, '<=', 2),
      bar('oursToReference', oursToReference, '<=', 6),
      bar('togetherMiB', togetherMiB, '<=', 220),
      bar('revokeP99Ms', revokeP99Ms, '<=', 50),
    ],
  }
}

async function grantedClient(trial: Trial, folder: string): Promise<Client> {
  const person = await trial.console()
  const client = await trial.assistant('bench')
  const items = [{ path: folder, scope: 'folder-hour' }]
  const given = client.callTool({ name: 'request_access', arguments: { items, reason: 'bench' } })
  await person.decide(await person.nextCard(), 'allow')
  await given
  person.close()
  return client
}

async function referenceClient(folder: string): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' })
  const server = new URL(
    '../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js',
    import.meta.url,
  )
  const args = [server.pathname, folder]
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  return client
}

/** 4 KiB of ordinary source text without secrets. */
function text(): string {
  const line = 'export function area(width: number, height: number): number { return width * height }\n'
  return line.repeat(60).slice(0, 4095) + '\n'
}
