// keyreeve device request | accept: enrolling by files, where this machine has no network.
import { Fault, Secret, shown, utf8, type ExitCode } from '#base'
import { signerDigits, voiceDigits } from '#token'
import { placesOf, sealTo } from '#wire'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { withBroker } from './connection.ts'
import type { Call, Machine } from './machine.ts'

const identityShape = z.object({ issuer: z.string(), identity: z.string() })
const boxShape = z.strictObject({ v: z.literal(1), answer: z.string(), content: z.string().max(4_194_304) })
const contentShape = z.strictObject({
  policy: z.optional(z.string()),
  secrets: z.optional(z.record(z.string(), z.string())),
})

/**
 * Writes a request to a file, and keeps here what alone opens the answer.
 * @throws Fault `usage` without --issuer and --out
 */
export async function request(call: Call): Promise<ExitCode> {
  const { issuer, out, label = hostname().slice(0, 128) } = call.options
  if (typeof issuer !== 'string' || typeof out !== 'string' || typeof label !== 'string') {
    throw new Fault('usage', 'give --issuer URL and --out FILE')
  }
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const asked = { issuer: issuer.replace(/\/$/, ''), label, recipient }
  const { request: text, fingerprint } = await withBroker(call.machine, (broker) =>
    broker.ask('device.offline', asked),
  )
  const kept = identityFile(call.machine)
  mkdirSync(dirname(kept), { recursive: true, mode: 0o700 })
  writeFileSync(kept, JSON.stringify({ issuer: asked.issuer, identity }), { mode: 0o600 })
  writeFileSync(out, text)
  const digits = voiceDigits(fingerprint)
  call.terminal.data({ out, fingerprint: digits }, [`written to ${shown(out)}`, `this device: ${digits}`])
  call.terminal.say('carry the file to an administrator, and read these digits out to them')
  return 0
}

/**
 * Takes the answer: enrols, or ends what was enrolled, and takes what came with it.
 * @throws Fault `usage`, `fingerprint-wrong`, `answer-old`, `seal-invalid`, `token-invalid`
 */
export async function accept(call: Call): Promise<ExitCode> {
  const [file = ''] = call.arguments
  const { issuer, identity } = readIdentity(call.machine)
  const { answer, content } = boxShape.parse(JSON.parse(await opened(file, identity)))
  const { fingerprint } = call.options
  call.terminal.say(`the server: ${signerDigits(answer)} (it must be what the administrator reads out)`)
  const accepting = {
    issuer,
    answer,
    content: hash('sha256', content, 'base64url'),
    ...(typeof fingerprint === 'string' && { fingerprint }),
  }
  const { device, scope, isRevoked } = await withBroker(call.machine, (broker) =>
    broker.ask('device.accept', accepting),
  )
  rmSync(identityFile(call.machine), { force: true })
  const taken = isRevoked ? [] : await take(call, contentShape.parse(JSON.parse(content)))
  const state = isRevoked ? 'is revoked; its key is deleted' : `is enrolled for ${shown(scope)}`
  call.terminal.data({ device, scope, isRevoked, taken }, [
    `${shown(device)} ${state}`,
    ...taken.map((one) => `took ${shown(one)}`),
  ])
  return isRevoked ? 3 : 0
}

/** Secrets go to the vault, sealed to the keeper; a policy to the folder of policies, where it holds at once. */
async function take(
  { machine }: Call,
  { policy, secrets = {} }: z.output<typeof contentShape>,
): Promise<string[]> {
  const taken: string[] = []
  await withBroker(machine, async (broker) => {
    for (const [name, text] of Object.entries(secrets)) {
      using value = Secret.own(utf8(text))
      const sealed = sealTo(broker.greeting.keeperKey, value, `secret.set\0${name}`, machine.random)
      await broker.ask('secret.set', { name, sealed })
      taken.push(`secret ${name}`)
    }
  })
  if (policy !== undefined) {
    const { policies } = placesOf(machine)
    mkdirSync(policies, { recursive: true, mode: 0o700 })
    writeFileSync(join(policies, 'organisation.cedar'), policy, { mode: 0o600 })
    taken.push('policy organisation.cedar')
  }
  return taken
}

function identityFile(machine: Machine): string {
  return join(placesOf(machine).home, 'offline', 'identity.json')
}

function readIdentity(machine: Machine): z.output<typeof identityShape> {
  try {
    return identityShape.parse(JSON.parse(readFileSync(identityFile(machine), 'utf8')))
  } catch (cause) {
    throw new Fault('usage', 'no request waits for an answer: run "keyreeve device request" first', { cause })
  }
}

async function opened(file: string, identity: string): Promise<string> {
  try {
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    return await decrypter.decrypt(readFileSync(file), 'text')
  } catch (cause) {
    throw new Fault('seal-invalid', 'the answer is not for the last request of this machine', { cause })
  }
}
