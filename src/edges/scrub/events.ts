// A model's streamed answer: a secret is masked however its events cut it.
import { EventRedactor } from '#redaction'
import type { Steps, Told } from './masking.ts'
import type { LiveSecrets } from './live.ts'

const types = /^(?:text\/event-stream|application\/(?:x-ndjson|ndjson|jsonl|json-lines|x-jsonlines))\b/i

/** Whether an answer comes as Server-Sent Events or lines of JSON. @param contentType Attacker-controlled. */
export function isEvents(contentType: string): boolean {
  return types.test(contentType.trim())
}

/** Masks known secrets, and nothing else. */
export function eventMask(secrets: LiveSecrets, told: Told): Steps {
  return new EventRedactor({
    known: secrets,
    detectors: 'none',
    onReplaced: ({ name }) => {
      if (name !== undefined) told(name)
    },
  })
}
