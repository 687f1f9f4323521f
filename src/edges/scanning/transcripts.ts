// Finds the logs that assistants keep of what was said, and what secrets lie in them.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from './settings.ts'
import { readTranscript, type TranscriptFindings } from './transcript.ts'
import { listFiles } from './walk.ts'

/** Whose transcript it is; `other` for a file that somebody named. */
export type Assistant = 'claude-code' | 'codex' | 'cursor' | 'other'

/** Where an assistant keeps what was said. */
interface Place {
  readonly assistant: Assistant
  readonly folder: string
  /** Ends of the names of files that count. */
  readonly names: readonly string[]
}

/** A transcript, and what it holds. */
export interface TranscriptReport extends TranscriptFindings {
  readonly path: string
  readonly assistant: Assistant
}

/** Which transcripts to look into. */
export interface TranscriptRequest {
  /** Files and folders; none for those of the assistants that are known. */
  readonly paths: readonly string[]
  /** Absolute: where relative paths begin. */
  readonly cwd: string
  readonly userFolder: string
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly settings: Settings
  /** Told after each transcript. */
  readonly onProgress: (done: { readonly files: number; readonly bytes: number }) => void
}

/**
 * Looks into transcripts one by one, in the order of their paths.
 * @throws Fault `path-not-found`, `path-unreadable` for a path that was named.
 */
export async function* scanTranscripts(request: TranscriptRequest): AsyncGenerator<TranscriptReport> {
  const { settings, onProgress } = request
  let files = 0
  let bytes = 0
  for (const { path, shown, assistant } of listed(request)) {
    const found = await readTranscript({ path, shown }, settings)
    bytes += found.bytes
    onProgress({ files: ++files, bytes })
    yield { path: shown, assistant, ...found }
  }
}

function* listed(
  request: TranscriptRequest,
): Generator<{ path: string; shown: string; assistant: Assistant }> {
  const { paths, cwd } = request
  if (paths.length > 0) {
    for (const file of listFiles(paths, { cwd, files: 'none' }).files) yield { ...file, assistant: 'other' }
    return
  }
  for (const { assistant, folder, names } of placesOf(request)) {
    if (!existsSync(folder)) continue
    const { files } = listFiles([folder], { cwd, files: 'none' })
    for (const file of files) if (names.some((end) => file.path.endsWith(end))) yield { ...file, assistant }
  }
}

function placesOf({ userFolder, platform, env }: TranscriptRequest): Place[] {
  const claude = env['CLAUDE_CONFIG_DIR'] ?? join(userFolder, '.claude')
  const codex = env['CODEX_HOME'] ?? join(userFolder, '.codex')
  const cursor = join(settingsFolder(userFolder, platform, env), 'Cursor', 'User')
  const databases = ['state.vscdb', 'state.vscdb-wal', 'state.vscdb.backup']
  return [
    { assistant: 'claude-code', folder: join(claude, 'projects'), names: ['.jsonl'] },
    { assistant: 'claude-code', folder: join(claude, 'history.jsonl'), names: [''] },
    { assistant: 'codex', folder: join(codex, 'sessions'), names: ['.jsonl'] },
    { assistant: 'codex', folder: join(codex, 'archived_sessions'), names: ['.jsonl'] },
    { assistant: 'codex', folder: join(codex, 'history.jsonl'), names: [''] },
    { assistant: 'codex', folder: join(codex, 'log'), names: ['.log'] },
    { assistant: 'cursor', folder: join(cursor, 'globalStorage'), names: databases },
    { assistant: 'cursor', folder: join(cursor, 'workspaceStorage'), names: databases },
    {
      assistant: 'cursor',
      folder: join(userFolder, '.cursor', 'chats'),
      names: ['store.db', 'store.db-wal'],
    },
  ]
}

function settingsFolder(userFolder: string, platform: string, env: TranscriptRequest['env']): string {
  if (platform === 'darwin') return join(userFolder, 'Library', 'Application Support')
  if (platform === 'win32') return env['APPDATA'] ?? join(userFolder, 'AppData', 'Roaming')
  return env['XDG_CONFIG_HOME'] ?? join(userFolder, '.config')
}
