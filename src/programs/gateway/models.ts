// Which model a request asks for, and whether its route allows it.
import { Fault } from '#base'

const named = /(?<!\\)"model"\s*:/g

/**
 * Refuses a model that is not on the route's list.
 * @param patterns Names; `*` stands for any characters. Empty: all.
 * @param body From the client, attacker-controlled.
 * @throws Fault `model-refused`, also for what does not say plainly, once, which model it asks for
 */
export function checkModel(patterns: readonly string[], body: Uint8Array | null): void {
  if (patterns.length === 0 || body === null) return
  const text = Buffer.from(body).toString()
  const model = modelIn(text)
  if (model === null || !patterns.some((pattern) => fits(pattern, model))) {
    throw new Fault('model-refused', 'the route does not allow this model')
  }
}

/** Two members of one name would be read one way here and another way there. */
function modelIn(text: string): string | null {
  try {
    let count = 0
    const value: unknown = JSON.parse(text, (name, member: unknown) => {
      if (name === 'model') count++
      return member
    })
    const isPlain = count === (text.match(named)?.length ?? 0)
    const isObject = typeof value === 'object' && value !== null && 'model' in value
    return isPlain && isObject && typeof value.model === 'string' ? value.model : null
  } catch {
    return null
  }
}

function fits(pattern: string, model: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === model
  if (!model.startsWith(first)) return false
  let at = first.length
  const last = rest.pop() ?? ''
  for (const part of rest) {
    const found = model.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return model.length - last.length >= at && model.endsWith(last)
}
