// keyreeve admin answer: answers a device that has no network, by a file that only it can open.
import { Fault, shown, type ExitCode } from '#base'
import { readOfflineRequest, signerDigits, voiceDigits } from '#token'
import { Encrypter } from 'age-encryption'
import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { askServer } from './admin-line.ts'
import type { Call } from './machine.ts'

const answeredShape = z.object({
  issuer: z.string(),
  device: z.string(),
  status: z.string(),
  answer: z.string(),
})

/**
 * Answers a request. What goes along stays here and in the file: the server signs its hash.
 * @throws Fault `usage`, `proof-invalid`, `fingerprint-wrong`; what the server refuses with
 */
export async function answer(call: Call): Promise<ExitCode> {
  const [file = ''] = call.arguments
  const { user, tenant, out, fingerprint } = call.options
  if (typeof user !== 'string' || typeof out !== 'string')
    throw new Fault('usage', 'give --user USER and --out FILE')
  if (typeof fingerprint !== 'string')
    throw new Fault('usage', 'give --fingerprint: the digits that the device’s owner reads out')
  const request = readText(file)
  const content = JSON.stringify(contentOf(call))
  const body = { request, user, tenant, content: hash('sha256', content, 'base64url') }
  const { recipient, jkt } = await readOfflineRequest(request, issuerIn(request))
  if (voiceDigits(jkt).replaceAll(' ', '') !== fingerprint.replaceAll(/\D/g, '')) {
    throw new Fault('fingerprint-wrong', 'the request is of another device than the one that was read out')
  }
  const given = answeredShape.parse(await askServer(call, { path: '/admin/answer', body }))
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  writeFileSync(out, await encrypter.encrypt(JSON.stringify({ v: 1, answer: given.answer, content })), {
    mode: 0o600,
  })
  const digits = signerDigits(given.answer)
  const { device, status } = given
  call.terminal.data({ device, status, out, fingerprint: digits }, [
    `${shown(device)} is ${shown(status)}; answered in ${shown(out)}`,
    `the server: ${digits}`,
  ])
  call.terminal.say('carry the file back, and read these digits out to the device’s owner')
  return 0
}

/** The request's own word; what it says is proved for that issuer, and the server checks that it is its own. */
function issuerIn(request: string): string {
  const shape = z.object({ body: z.string() })
  try {
    const { body } = shape.parse(JSON.parse(request))
    return z.object({ issuer: z.string() }).parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
      .issuer
  } catch (cause) {
    throw new Fault('proof-invalid', 'that file is no request of a device', { cause })
  }
}

function contentOf({ options: { policy, secrets } }: Call): object {
  return {
    ...(typeof policy === 'string' && { policy: readText(policy) }),
    ...(typeof secrets === 'string' && { secrets: secretsIn(readText(secrets)) }),
  }
}

/** NAME=VALUE, a line each. */
function secretsIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      if (at < 1) throw new Fault('usage', 'the file of secrets holds NAME=VALUE, a line each')
      return [line.slice(0, at).trim(), line.slice(at + 1)]
    }),
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('usage', 'a file that was named cannot be read', { cause })
  }
}
