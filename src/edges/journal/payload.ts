// The bytes of an event: canonical JSON, with the writer's monotonic clock.
import { canonicalJson, Fault, type Json, type Milliseconds } from '#base'
import type { JournalEvent } from './events.ts'

/** Largest payload in bytes; with its salt it fits the two-byte length of a sealed record. */
const longestPayload = 60_000

/**
 * @param event Its texts may be attacker-controlled (a path, a program's name).
 * @throws Fault `message-invalid` if it has no canonical form or is longer than 60,000 bytes.
 */
export function encodePayload(event: JournalEvent, elapsed: Milliseconds): Buffer {
  const payload = Buffer.from(canonical({ ...event, elapsed: Math.round(elapsed) }))
  if (payload.length > longestPayload) {
    throw new Fault(
      'message-invalid',
      `an event of ${payload.length} bytes; the journal takes ${longestPayload}`,
    )
  }
  return payload
}

/** @returns Undefined for bytes that are no JSON object. */
export function decodePayload(payload: Uint8Array): Record<string, Json> | undefined {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function canonical(event: Json): string {
  try {
    return canonicalJson(event)
  } catch (cause) {
    throw new Fault('message-invalid', 'an event without a canonical form', { cause })
  }
}

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
