// Reads what a device asks for: a short form, each field once.
import type { IncomingMessage } from 'node:http'
import { readBody } from './reading.ts'

/** What was asked; all of it attacker-controlled. */
export interface MintForm {
  readonly grantType: string | undefined
  readonly clientId: string | undefined
  readonly scope: string | undefined
  readonly resource: string | undefined
  readonly details: string | undefined
  readonly joinState: string
  readonly lifetime: string | undefined
}

/** @returns Null for what is too long, of another type, or says a field twice. */
export async function readForm(request: IncomingMessage): Promise<MintForm | null> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const body = await readBody(request)
  if (body === null || type !== 'application/x-www-form-urlencoded') return null
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (fields.has(name)) return null
    // RFC 6749, section 3.2: a parameter without a value counts as left out.
    if (value !== '') fields.set(name, value)
  }
  return {
    grantType: fields.get('grant_type'),
    clientId: fields.get('client_id'),
    scope: fields.get('scope'),
    resource: fields.get('resource'),
    details: fields.get('authorization_details'),
    joinState: fields.get('join_state') ?? '',
    lifetime: fields.get('lifetime'),
  }
}
