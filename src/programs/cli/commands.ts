// The one table of commands: parsing, help and completion come from it.
import { adminCommands } from './admin-commands.ts'
import type { Call } from './machine.ts'

/** @returns The exit code: an `ExitCode`, or that of the program which the command ran. */
export type Run = (call: Call) => Promise<number>

/** One option of a command. */
export interface Option {
  /** As commander writes it: `--limit <n>` takes a value, `--all` does not. */
  readonly flags: string
  readonly help: string
}

export interface Command {
  /** Noun and verb, or a plain verb. */
  readonly name: string
  /** As commander writes them: `<name>`, `[file]`, `<files...>`. */
  readonly arguments?: readonly string[]
  readonly options?: readonly Option[]
  readonly help: string
  /** Loads the one file that the command needs. */
  readonly load: () => Promise<Run>
}

export const commands: readonly Command[] = [
  {
    name: 'start',
    options: [{ flags: '--foreground', help: 'stay attached; Ctrl-C stops the broker' }],
    help: 'start the broker of this home',
    load: async () => (await import('./start.ts')).start,
  },
  { name: 'stop', help: 'stop the broker', load: async () => (await import('./stop.ts')).stop },
  {
    name: 'status',
    help: 'show what runs, what protects the keys, and who is connected',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'doctor',
    help: 'examine the installation and say what to do',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'ui',
    options: [{ flags: '--no-open', help: 'only print the link' }],
    help: 'open the console in the browser',
    load: async () => (await import('./ui.ts')).ui,
  },
  {
    name: 'watch',
    options: [{ flags: '--desktop', help: 'show each request in a window instead (for one click, once)' }],
    help: 'answer requests in this terminal',
    load: async () => (await import('./watch.ts')).watch,
  },
  { name: 'unlock', help: 'unlock the vault', load: async () => (await import('./vault.ts')).unlock },
  { name: 'lock', help: 'lock the vault', load: async () => (await import('./vault.ts')).lock },
  {
    name: 'mcp',
    options: [{ flags: '--assistant <name>', help: 'name under which you know the assistant' }],
    help: 'serve an assistant over stdio (MCP)',
    load: async () => (await import('./mcp.ts')).mcp,
  },
  {
    name: 'run',
    arguments: ['<command...>'],
    options: [
      { flags: '--assistant <name>', help: 'name under which you know it (the name of its file)' },
      { flags: '--route <names>', help: 'only these routes, by commas (all)' },
      { flags: '--env <names>', help: 'hand on these variables too, by commas' },
    ],
    help: 'run a program with phantom tokens in place of keys: keyreeve run -- COMMAND',
    load: async () => (await import('./running.ts')).runProgram,
  },
  {
    name: 'route add',
    arguments: ['<name>'],
    options: [
      { flags: '--base-url <url>', help: 'where it leads (known for the usual providers)' },
      { flags: '--secret <name>', help: 'the secret that is put in (the one of that name)' },
      { flags: '--auth <kind>', help: 'bearer, x-api-key, header:NAME, query:NAME or none' },
      {
        flags: '--allow <rules>',
        help: 'only this, such as "GET /v1/models, POST /v1/chat/**" (everything)',
      },
      { flags: '--models <names>', help: 'only these models, by commas; * for any characters (all)' },
      {
        flags: '--limits <limits>',
        help: 'for each assistant: requests/min=60, concurrent=4, tokens/day=2000000, cost/day=5',
      },
      { flags: '--price <prices>', help: 'for a million tokens: input=2.5, output=10' },
      { flags: '--private', help: 'it is on this machine or a network of your own' },
    ],
    help: 'let assistants call a model or an API without holding its key',
    load: async () => (await import('./route.ts')).add,
  },
  {
    name: 'route list',
    help: 'list the routes',
    load: async () => (await import('./route.ts')).list,
  },
  {
    name: 'route remove',
    arguments: ['<name>'],
    help: 'remove a route, with every phantom token for it',
    load: async () => (await import('./route.ts')).remove,
  },
  {
    name: 'route stop',
    help: 'stop every call by every route at once, until resumed',
    load: async () => (await import('./route.ts')).stop,
  },
  {
    name: 'route resume',
    help: 'let calls go on after "route stop"',
    load: async () => (await import('./route.ts')).resume,
  },
  {
    name: 'route usage',
    help: 'show what each assistant used today (UTC)',
    load: async () => (await import('./route.ts')).usage,
  },
  {
    name: 'token issue',
    options: [
      { flags: '--assistant <name>', help: 'name under which you know the assistant' },
      { flags: '--route <name>', help: 'the one route that it is good for' },
      { flags: '--ttl <time>', help: 'how long: 90s, 15m, 8h (15m)' },
    ],
    help: 'print a phantom token, to be set in place of a key',
    load: async () => (await import('./phantom.ts')).issue,
  },
  {
    name: 'token list',
    help: 'list the phantom tokens that are good now',
    load: async () => (await import('./phantom.ts')).list,
  },
  {
    name: 'token revoke',
    arguments: ['[id]'],
    options: [{ flags: '--all', help: 'revoke every phantom token' }],
    help: 'revoke a phantom token, and cut what runs under it',
    load: async () => (await import('./phantom.ts')).revoke,
  },
  {
    name: 'secret set',
    arguments: ['<name>'],
    help: 'keep a secret; its value comes by prompt or stdin',
    load: async () => (await import('./secret.ts')).set,
  },
  {
    name: 'secret list',
    help: 'list the names of secrets',
    load: async () => (await import('./secret.ts')).list,
  },
  {
    name: 'secret remove',
    arguments: ['<name>'],
    help: 'remove a secret',
    load: async () => (await import('./secret.ts')).remove,
  },
  {
    name: 'vault status',
    help: 'show the vault and its key slots',
    load: async () => (await import('./vault.ts')).status,
  },
  { name: 'vault lock', help: 'lock the vault', load: async () => (await import('./vault.ts')).lock },
  { name: 'vault unlock', help: 'unlock the vault', load: async () => (await import('./vault.ts')).unlock },
  {
    name: 'passkey list',
    help: 'list the passkeys that may allow what a click may not',
    load: async () => (await import('./passkey.ts')).list,
  },
  {
    name: 'passkey add',
    arguments: ['[label]'],
    options: [
      { flags: '--recover', help: 'with the recovery code instead of an enrolled passkey' },
      { flags: '--no-open', help: 'only print the link' },
    ],
    help: 'enrol a passkey, from a terminal of your own',
    load: async () => (await import('./passkey.ts')).add,
  },
  {
    name: 'passkey remove',
    arguments: ['<fingerprint>'],
    options: [
      { flags: '--recover', help: 'with the recovery code instead of an enrolled passkey' },
      { flags: '--no-open', help: 'only print the link' },
    ],
    help: 'remove a passkey, from a terminal of your own',
    load: async () => (await import('./passkey.ts')).remove,
  },
  {
    name: 'grant list',
    help: 'list what assistants may read without asking',
    load: async () => (await import('./grant.ts')).list,
  },
  {
    name: 'grant revoke',
    arguments: ['[id]'],
    options: [{ flags: '--all', help: 'revoke every grant' }],
    help: 'revoke a grant',
    load: async () => (await import('./grant.ts')).revoke,
  },
  {
    name: 'review',
    options: [{ flags: '--days <n>', help: 'how far to look back (7)' }],
    help: 'look back: what was asked, what stands unused, which rules would have answered',
    load: async () => (await import('./review.ts')).review,
  },
  {
    name: 'edit list',
    help: 'list the changes of files that can be taken back',
    load: async () => (await import('./edit.ts')).list,
  },
  {
    name: 'edit undo',
    arguments: ['<id>'],
    help: 'take a change of a file back',
    load: async () => (await import('./edit.ts')).undo,
  },
  {
    name: 'device enroll',
    options: [
      { flags: '--issuer <url>', help: "the organisation's token server" },
      { flags: '--label <name>', help: 'how administrators see this machine (its host name)' },
      { flags: '--invited', help: "with an administrator's invitation, by prompt or stdin" },
      { flags: '--headless', help: 'sign in on another machine, with a code' },
      { flags: '--no-open', help: 'only print the link' },
    ],
    help: 'enrol this machine with an organisation',
    load: async () => (await import('./device.ts')).enroll,
  },
  {
    name: 'device request',
    options: [
      { flags: '--issuer <url>', help: "the organisation's token server" },
      { flags: '--label <name>', help: 'how administrators see this machine (its host name)' },
      { flags: '--out <file>', help: 'where the request is written' },
    ],
    help: 'ask by a file, where this machine has no network',
    load: async () => (await import('./device-offline.ts')).request,
  },
  {
    name: 'device accept',
    arguments: ['<file>'],
    options: [{ flags: '--fingerprint <digits>', help: 'as the administrator reads it out, at first' }],
    help: 'take the answer to a request',
    load: async () => (await import('./device-offline.ts')).accept,
  },
  {
    name: 'device status',
    help: 'show what this machine is enrolled with, and its tokens',
    load: async () => (await import('./device.ts')).status,
  },
  {
    name: 'device forget',
    help: "delete this machine's device key",
    load: async () => (await import('./device.ts')).forget,
  },
  {
    name: 'token print',
    options: [
      { flags: '--audience <url>', help: 'the one place that shall take it' },
      { flags: '--scope <scopes>', help: 'what it is for, such as llm.infer:read' },
      { flags: '--as <form>', help: 'plain, headers (JSON) or git (plain)' },
    ],
    help: 'print a fresh token, for tools that take one from a command',
    load: async () => (await import('./token.ts')).print,
  },
  ...adminCommands,
  {
    name: 'server',
    options: [
      { flags: '--config <file>', help: 'settings (server.toml); what stands here wins' },
      { flags: '--listen <host:port>', help: 'where to listen (127.0.0.1:8470)' },
      { flags: '--issuer <url>', help: 'what the server is called from outside' },
      { flags: '--embedded <dir>', help: 'folder of all that it keeps' },
      { flags: '--database <url>', help: 'postgres://…, for servers that share a register' },
      { flags: '--vault-key <file>', help: "the key of the folder's vault (a file within the folder)" },
      { flags: '--shared-key <file>', help: '32 bytes that servers of one register share' },
    ],
    help: "run an organisation's token server",
    load: async () => (await import('./server.ts')).server,
  },
  {
    name: 'log list',
    options: [
      { flags: '--limit <n>', help: 'how many entries, newest first (20)' },
      { flags: '--before <n>', help: 'only entries before this number' },
    ],
    help: 'list what was asked, decided and done',
    load: async () => (await import('./log.ts')).list,
  },
  {
    name: 'log show',
    arguments: ['<n>'],
    help: 'show one entry',
    load: async () => (await import('./log.ts')).show,
  },
  {
    name: 'log verify',
    arguments: ['[dir]'],
    options: [
      { flags: '--vkey <key>', help: 'verifier key that the log must be signed with' },
      { flags: '--keys <file>', help: 'also open its events, with what "log keys --json" printed' },
    ],
    help: 'verify the log without the broker',
    load: async () => (await import('./log-verify.ts')).verify,
  },
  {
    name: 'log keys',
    help: 'print the keys with which an auditor opens the events of the log',
    load: async () => (await import('./log-keys.ts')).keys,
  },
  {
    name: 'policy check',
    arguments: ['<files...>'],
    help: 'check policies before they are used',
    load: async () => (await import('./policy.ts')).check,
  },
  {
    name: 'policy simulate',
    arguments: ['<files...>'],
    options: [{ flags: '--against <what>', help: 'log: what was asked in the last 30 days (log)' }],
    help: 'show what policies would have decided differently; changes nothing',
    load: async () => (await import('./policy-simulate.ts')).simulate,
  },
  {
    name: 'redact',
    arguments: ['[file]'],
    options: [
      { flags: '--threshold <confidence>', help: 'certain, likely or hint (likely)' },
      { flags: '--strict', help: 'mask also whatever looks random, hashes and ids among it' },
      { flags: '--pii', help: 'mask also personal data that has a form, such as addresses and card numbers' },
      { flags: '--rules <file>', help: 'find also what the rules of this JSON file describe' },
      { flags: '--listen <place>', help: 'serve instead: receive logs and traces by OTLP/HTTP on HOST:PORT' },
      {
        flags: '--listen-syslog <place>',
        help: 'serve instead: receive syslog over TCP and UDP on HOST:PORT',
      },
      { flags: '--forward <url>', help: 'hand OTLP on to this collector (else JSON lines on stdout)' },
      { flags: '--forward-syslog <place>', help: 'hand syslog on to this HOST:PORT over TCP' },
      { flags: '--allow-network', help: 'listen also where other machines can send to' },
    ],
    help: 'mask secrets in a file or in stdin, to stdout',
    load: async () => (await import('./redact.ts')).redact,
  },
  {
    name: 'scan',
    arguments: ['[paths...]'],
    options: [
      { flags: '--staged', help: 'only what is staged for the next commit, and its new lines' },
      { flags: '--history', help: 'every version of every file in the repository' },
      { flags: '--baseline <file>', help: 'let stand the findings that this file lists' },
      { flags: '--write-baseline', help: 'write that file from what is found now' },
      { flags: '--sarif <file>', help: 'also write the findings as SARIF 2.1.0' },
      { flags: '--github', help: 'also print annotations for GitHub workflows' },
      { flags: '--threshold <confidence>', help: 'certain, likely or hint (likely)' },
      { flags: '--pii', help: 'find also personal data that has a form, such as addresses and card numbers' },
      { flags: '--rules <file>', help: 'find also what the rules of this JSON file describe' },
      { flags: '--threads <n>', help: 'how many threads (one for each core)' },
      { flags: '--no-ignore', help: 'look into what ignore files leave out, too' },
    ],
    help: 'find secrets in files, archives, databases and repositories',
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'transcripts scan',
    arguments: ['[paths...]'],
    help: 'find secrets in what assistants keep of their conversations',
    load: async () => (await import('./transcripts-scan.ts')).scan,
  },
  {
    name: 'completion',
    arguments: ['<shell>'],
    help: 'print completions for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
]
