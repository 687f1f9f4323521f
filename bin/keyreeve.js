#!/usr/bin/env node
// The command as installed: tools/build.ts puts this file into the published package.
import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

keepCompiledCode()
await import('../programs/cli/main.js')

/**
 * Halves the time to start. The cache lies in a private folder: Node's default is a known name in the shared temporary
 * folder, where another user could lay code for us to run.
 */
function keepCompiledCode() {
  const { KEYREEVE_HOME: home, XDG_CACHE_HOME: cache } = process.env
  const folder = home ? join(home, 'cache') : join(cache || join(homedir(), '.cache'), 'keyreeve')
  try {
    // A home that is not there yet is not for this file to make.
    mkdirSync(folder, { recursive: !home, mode: 0o700 })
  } catch (error) {
    if (error.code !== 'EEXIST') return
  }
  enableCompileCache(folder)
  // The programs that the broker starts use it too.
  process.env['NODE_COMPILE_CACHE'] = folder
}
