// Others that keep a key from who uses it: the same cells, through what npm and Debian have of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianCommand, npmPeers } from '../peers.ts'
import type { Started, Target, Upstream } from './targets.ts'

/** What they must trust, as a file. */
export interface Trust {
  readonly certificate: string
}

/** The upstream's name, which they must be told; `lookup.mjs` leads it here. */
export const upstreamName = 'api.acme.test'
/** The variable that holds the key, or what stands for it. */
const variable = 'API_KEY'
const lookup = new URL('lookup.mjs', import.meta.url).pathname

/** Gives placeholders, and puts the key in by a proxy that it trusts the client to use. */
export function varlock({ certificate }: Trust): Target {
  return {
    name: 'varlock 1.20.0',
    needsTls: true,
    async start(upstream) {
      const peers = await npmPeers({ varlock: '1.20.0' })
      if (typeof peers === 'string') return peers
      const folder = mkdtempSync(join(tmpdir(), 'keyreeve-varlock-'))
      const schema = [
        '# @defaultSensitive=false',
        '# ---',
        `# @sensitive @proxy(domain="${upstreamName}")`,
        `${variable}=`,
      ]
      writeFileSync(join(folder, '.env.schema'), `${schema.join('\n')}\n`)
      writeFileSync(join(folder, '.env.local'), `${variable}='${upstream.secret}'\n`)
      const command = [join(peers.folder, 'node_modules/.bin/varlock'), 'proxy', 'run', '--new', '--']
      const env = { ...environment(certificate), VARLOCK_TELEMETRY_DISABLED: 'true' }
      return started(upstream, folder, { command, env })
    },
  }
}

/** Jails the client, gives it sentinels, and puts the key in by a proxy that the jail leaves as the only way out. */
export function sandboxRuntime({ certificate }: Trust): Target {
  return {
    name: '@anthropic-ai/sandbox-runtime 0.0.83',
    needsTls: true,
    async start(upstream) {
      const peers = await npmPeers({ '@anthropic-ai/sandbox-runtime': '0.0.83' })
      if (typeof peers === 'string') return peers
      const [bwrap, socat, ripgrep] = [
        debianCommand('bwrap', 'bubblewrap'),
        debianCommand('socat', 'socat', ['libwrap0']),
        debianCommand('rg', 'ripgrep'),
      ]
      if (bwrap === null || socat === null || ripgrep === null)
        return 'absent: no bubblewrap, socat or ripgrep'
      const folder = mkdtempSync(join(tmpdir(), 'keyreeve-srt-'))
      const settings = {
        network: {
          allowedDomains: [upstreamName, `127.0.0.1:${upstream.port}`],
          deniedDomains: [],
          tlsTerminate: {},
        },
        filesystem: { denyRead: [], allowWrite: [folder], denyWrite: [] },
        credentials: { envVars: [{ name: variable, mode: 'mask', injectHosts: [upstreamName] }] },
        ...(socat !== 'socat' && { socatPath: socat }),
        ripgrep: { command: ripgrep },
      }
      const file = join(folder, 'settings.json')
      writeFileSync(file, JSON.stringify(settings))
      const command = [join(peers.folder, 'node_modules/.bin/srt'), '--settings', file]
      const libraries = join(socat, '../../lib/x86_64-linux-gnu')
      const env = {
        ...environment(certificate),
        [variable]: upstream.secret,
        ...(socat !== 'socat' && { LD_LIBRARY_PATH: libraries }),
      }
      return started(upstream, folder, { command, env })
    },
  }
}

function environment(certificate: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_EXTRA_CA_CERTS: certificate, NODE_OPTIONS: `--import ${lookup}` }
}

function started({ port }: Upstream, folder: string, around: NonNullable<Started['around']>): Started {
  return {
    baseUrl: `https://${upstreamName}:${port}`,
    headers: {},
    keyVariable: variable,
    around: { ...around, cwd: folder },
    async close() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
