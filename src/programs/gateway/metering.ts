// How many tokens an answer says that it used, as it passes by. Nothing of it is kept.
import type { Used } from './budgets.ts'

/** A line of events that is longer tells no usage. */
const longestLine = 64 * 1024
const mark = '"usage'
/** Where nobody says how many tokens there were: some four bytes each. */
const bytesOfToken = 4

/** Reads the usage out of the answers of OpenAI, Anthropic, Gemini and Ollama, whole or streamed. */
export class Meter {
  readonly #decoder = new TextDecoder()
  #line = ''
  #used: Used = { input: 0, output: 0 }
  #isTold = false

  /** Takes the next bytes, attacker-controlled. */
  take(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#line = (lines.pop() ?? '').slice(-longestLine)
    for (const line of lines) this.#read(line)
  }

  /** @param sent Bytes of the request. @param received Bytes of the answer. */
  used(sent: number, received: number): Used & { readonly isEstimated: boolean } {
    this.#read(this.#line)
    this.#line = ''
    if (this.#isTold) return { ...this.#used, isEstimated: false }
    return { input: estimated(sent), output: estimated(received), isEstimated: true }
  }

  #read(line: string): void {
    const start = line.indexOf('{')
    if (start < 0 || !line.includes(mark)) return
    const told = membersOf(parsed(line.slice(start)))
    for (const part of [told, membersOf(told['message']), membersOf(told['response'])]) {
      this.#note(membersOf(part['usage']), 'input_tokens', 'output_tokens')
      this.#note(membersOf(part['usage']), 'prompt_tokens', 'completion_tokens')
      this.#note(membersOf(part['usageMetadata']), 'promptTokenCount', 'candidatesTokenCount')
    }
  }

  /** Streams tell it more than once, and more each time. */
  #note(usage: Members, input: string, output: string): void {
    const [taken, given] = [usage[input], usage[output]].map((value) => (isCount(value) ? value : 0))
    if (!isCount(usage[input]) && !isCount(usage[output])) return
    this.#isTold = true
    this.#used = {
      input: Math.max(this.#used.input, taken ?? 0),
      output: Math.max(this.#used.output, given ?? 0),
    }
  }
}

function estimated(bytes: number): number {
  return Math.ceil(bytes / bytesOfToken)
}

type Members = Readonly<Record<string, unknown>>

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 1e9
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
