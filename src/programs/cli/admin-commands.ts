// The part of the table of commands that is for administrators of a token server.
import type { Command, Option } from './commands.ts'

/** By which way the server is asked. */
const line: readonly Option[] = [
  { flags: '--socket <path>', help: "the server's admin.sock" },
  { flags: '--server <url>', help: 'its address for administrators instead' },
  { flags: '--cert <file>', help: 'your certificate for it (PEM)' },
  { flags: '--key <file>', help: 'the key of the certificate (PEM)' },
  { flags: '--ca <file>', help: 'authorities to trust instead of the system’s (PEM)' },
]
const reason: Option = { flags: '--reason <text>', help: 'for the record' }
const scope: Option = { flags: '--scope <scopes>', help: 'such as llm.infer:read' }
const tenant: Option = { flags: '--tenant <name>', help: 'in which tenant' }

const load = () => import('./admin.ts')

export const adminCommands: readonly Command[] = [
  {
    name: 'admin user',
    arguments: ['<verb>', '<user>'],
    options: [...line, tenant, scope, reason],
    help: 'invite USER: an invitation, good once; revoke or release USER',
    load: async () => (await load()).user,
  },
  {
    name: 'admin tenant',
    arguments: ['<verb>', '<tenant>'],
    options: [...line, reason],
    help: 'revoke or release TENANT',
    load: async () => (await load()).tenant,
  },
  {
    name: 'admin device',
    arguments: ['<verb>', '[id]'],
    options: [
      ...line,
      { flags: '--user <name>', help: 'list only theirs' },
      tenant,
      { flags: '--status <status>', help: 'list only pending, active, quarantined or revoked ones' },
      { flags: '--after <id>', help: 'list those after this one' },
      scope,
      reason,
    ],
    help: 'list; approve, revoke, quarantine, release or widen ID',
    load: async () => (await load()).device,
  },
  {
    name: 'admin key',
    arguments: ['<verb>', '[key]'],
    options: [...line, reason],
    help: 'list; rotate: end the present signing key at once; revoke KEY',
    load: async () => (await load()).key,
  },
  {
    name: 'admin all',
    arguments: ['<verb>'],
    options: [...line, reason],
    help: 'revoke: deny all tokens that were issued until now',
    load: async () => (await load()).all,
  },
  {
    name: 'admin answer',
    arguments: ['<file>'],
    options: [
      ...line,
      { flags: '--user <name>', help: 'whose device it is' },
      tenant,
      { flags: '--fingerprint <digits>', help: 'as its owner reads it out' },
      { flags: '--policy <file>', help: 'a policy to go along (Cedar)' },
      { flags: '--secrets <file>', help: 'secrets to go along: NAME=VALUE, a line each' },
      { flags: '--out <file>', help: 'where the answer is written' },
    ],
    help: 'answer a device that has no network',
    load: async () => (await import('./admin-answer.ts')).answer,
  },
  {
    name: 'admin suspended',
    options: line,
    help: 'list users and tenants who get no tokens',
    load: async () => (await load()).suspended,
  },
  {
    name: 'admin pending',
    options: line,
    help: 'list what waits for a second administrator',
    load: async () => (await load()).pending,
  },
  {
    name: 'admin confirm',
    arguments: ['<id>'],
    options: line,
    help: 'do what another administrator proposed',
    load: async () => (await load()).confirm,
  },
]
