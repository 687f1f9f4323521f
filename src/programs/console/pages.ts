// Reads the console's files once, checks each against the manifest, and keeps them in a fixed table.
import { asFault, Fault } from '#base'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Page {
  readonly bytes: Buffer
  /** Value of `content-type`. */
  readonly type: string
}

/** Paths of requests to what is served: no path of a request ever reaches the file system. */
export type Pages = ReadonlyMap<string, Page>

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * Reads every file that `manifest.json` lists; the page itself is served at `/`. The hashes find a build that is torn or
 * half copied. They don't stop whoever can write the folder: that one can write the manifest too.
 * @param folder Holds the built console.
 * @throws Fault `console-unavailable` if a file is missing, differs, or has a name that is never built.
 */
export function readPages(folder: string): Pages {
  const pages = new Map(
    Object.entries(readManifest(folder)).map(([name, sha256]) => readPage(folder, name, sha256)),
  )
  if (!pages.has('/')) throw new Fault('console-unavailable', 'the built console has no page')
  return pages
}

function readPage(folder: string, name: string, sha256: unknown): [string, Page] {
  const type = types[/^[a-z0-9-]+\.([a-z]+)$/.exec(name)?.[1] ?? '']
  if (type === undefined)
    throw new Fault('console-unavailable', 'the built console lists a file with an odd name')
  const bytes = read(folder, name)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Fault('console-unavailable', `${name} of the built console is not what was built`)
  }
  return [name === 'index.html' ? '/' : `/${name}`, { bytes, type }]
}

function readManifest(folder: string): object {
  const text = read(folder, 'manifest.json').toString()
  try {
    const manifest: unknown = JSON.parse(text)
    if (typeof manifest === 'object' && manifest !== null && 'files' in manifest) {
      if (typeof manifest.files === 'object' && manifest.files !== null) return manifest.files
    }
  } catch {
    // Said below; the parser's own message would quote the file.
  }
  throw new Fault('console-unavailable', 'the manifest of the built console cannot be read')
}

function read(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name))
  } catch (thrown) {
    const cause = asFault(thrown, `${name} of the built console`)
    throw new Fault('console-unavailable', `${name} of the built console is missing`, { cause })
  }
}
