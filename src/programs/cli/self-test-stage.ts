// The throwaway home of the self-test: a broker, an assistant's shim and a console, all real.
import { Fault } from '#base'
import { verifyLog } from '#verify'
import { placesOf, type Card } from '#wire'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { connect, type Connection } from './connection.ts'
import { launchBroker, type LaunchedBroker } from './launch.ts'
import type { Machine } from './machine.ts'
import { AssistantProcess, type ToolResult } from './self-test-assistant.ts'
import { openConsole, type ConsoleSession } from './self-test-console.ts'

export interface Stage {
  /** Each proves one thing and gives it as a sentence. @throws Fault `verification-failed` if it does not hold. */
  start(): Promise<string>
  askAndSee(): Promise<string>
  allowAndCompare(): Promise<string>
  ownStateIsDenied(): Promise<string>
  logTellsAll(): Promise<string>
  /** Ends every process and removes every file. Never throws. */
  close(): Promise<void>
}

interface Cast {
  broker: LaunchedBroker | null
  person: Connection | null
  assistant: AssistantProcess | null
  console: ConsoleSession | null
  card: Card | null
  result: Promise<ToolResult> | null
}

const patience = 3000

export function openStage(live: Machine): Stage {
  const folder = mkdtempSync(`${tmpdir()}/keyreeve-self-test-`)
  const machine = throwaway(live, `${folder}/home`)
  const file = `${folder}/deploy.env`
  const planted = plantedKey(live)
  const cast: Cast = { broker: null, person: null, assistant: null, console: null, card: null, result: null }
  mkdirSync(`${folder}/home`, { mode: 0o700 })
  writeFileSync(file, `# self-test\nREGION=eu-1\nTOKEN=${planted}\n`, { mode: 0o600 })
  return {
    start: () => start(cast, machine),
    askAndSee: () => askAndSee(cast, { machine, file, planted }),
    allowAndCompare: () => allowAndCompare(cast, machine),
    ownStateIsDenied: () => ownStateIsDenied(cast, machine),
    logTellsAll: () => logTellsAll(cast, { machine, file }),
    async close() {
      cast.console?.close()
      cast.person?.close()
      cast.assistant?.close()
      await endBroker(cast, machine)
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Without the session bus the person's own keystore is neither asked nor changed. */
function throwaway(live: Machine, home: string): Machine {
  const { DBUS_SESSION_BUS_ADDRESS: _bus, XDG_RUNTIME_DIR: _runtime, ...env } = live.env
  return { ...live, env: { ...env, KEYREEVE_HOME: home } }
}

/** Looks like a key and is none: made here, for this run. */
function plantedKey({ random }: Machine): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789'
  return `ghp_${Array.from(random(36), (byte) => letters[byte % letters.length]).join('')}`
}

async function start(cast: Cast, machine: Machine): Promise<string> {
  cast.broker = await launchBroker(machine, 'ignore')
  ensure(!cast.broker.isLocked, 'the throwaway vault is locked')
  cast.person = await connect(machine, { role: 'cli' })
  cast.console = await openConsole(await cast.person.ask('console.open', {}))
  return 'broker, keeper, reader and console run on a throwaway home with fresh keys'
}

async function askAndSee(
  cast: Cast,
  { machine, file, planted }: { machine: Machine; file: string; planted: string },
): Promise<string> {
  cast.assistant = new AssistantProcess(machine)
  await cast.assistant.greet()
  cast.result = cast.assistant.callTool('read_file', { path: file, reason: 'start-up self-test' })
  const first = await Promise.race([must(cast.console).nextCard(), cast.result.then(() => null)])
  ensure(first !== null, 'the read was answered without a question')
  cast.card = first
  const text = first.content?.text ?? ''
  ensure(text.includes('REGION=eu-1'), 'the card does not show the file')
  ensure(!text.includes(planted), 'the card shows the planted key')
  return `an assistant asked; the card shows ${first.content?.bytes ?? 0} bytes, the planted key masked`
}

async function allowAndCompare(cast: Cast, { pause }: Machine): Promise<string> {
  const card = must(cast.card)
  const content = must(card.content)
  await pause(card.armedAfter + 20)
  await must(cast.console).allowOnce(card)
  const result = await must(cast.result)
  const { status, text } = result.structuredContent
  ensure(status === 'ok', 'the allowed read was not answered')
  ensure(text === content.text && result.text === text, 'what arrived is not what was shown')
  return `allowed at the console; exactly the shown bytes arrived (sha256 ${content.sha256.slice(0, 12)}…)`
}

async function ownStateIsDenied(cast: Cast, machine: Machine): Promise<string> {
  const path = `${placesOf(machine).vault}/header.json`
  const { structuredContent } = await must(cast.assistant).callTool('read_file', { path })
  ensure(structuredContent.status === 'denied', "a read of Keyreeve's own state was not denied")
  return `a read of the vault is denied (${String(structuredContent.code)})`
}

async function logTellsAll(
  cast: Cast,
  { machine, file }: { machine: Machine; file: string },
): Promise<string> {
  const size = await loggedRead(must(cast.person), {
    machine,
    file,
    until: machine.clock.monotonic() + patience,
  })
  await endBroker(cast, machine)
  const { ok, problems } = await verifyLog(placesOf(machine).journal, {})
  ensure(ok, `the log does not verify: ${problems[0]?.code ?? 'unknown'}`)
  return `intent and outcome stand in the log; its ${size} entries verify`
}

/** The outcome is written after the answer has left, so it may take a moment. */
async function loggedRead(
  person: Connection,
  wanted: { machine: Machine; file: string; until: number },
): Promise<number> {
  const { machine, file, until } = wanted
  const { entries, size } = await person.ask('log.list', { limit: 100 })
  const intent = entries.find(
    ({ event }) => event?.['kind'] === 'intent' && JSON.stringify(event).includes(file),
  )
  const outcome = entries.find(
    ({ event }) => event?.['kind'] === 'outcome' && event['intent'] === intent?.index,
  )
  if (intent !== undefined && outcome !== undefined) return size
  ensure(machine.clock.monotonic() < until, 'the log lacks the intent or the outcome of the read')
  await machine.pause(50)
  return loggedRead(person, wanted)
}

async function endBroker({ broker }: Cast, { clock }: Machine): Promise<void> {
  if (broker === null) return
  broker.kill('SIGTERM')
  const cancel = clock.after(patience, () => broker.kill('SIGKILL'))
  await broker.ended
  cancel()
}

function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Fault('verification-failed', otherwise)
}

function must<Value>(value: Value | null): Value {
  if (value === null) throw new Fault('internal', 'a step of the self-test was left out')
  return value
}
