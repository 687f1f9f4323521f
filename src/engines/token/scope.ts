// Scopes: what a token is good for, and how a request is narrowed to what was granted.
import { Fault } from '#base'

const grammar = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/
const longestScope = 2048

/**
 * The scopes of a list, each once, in its order.
 * @param text Attacker-controlled.
 * @throws Fault `scope-invalid` if it is not scope tokens with one space between, or longer than 2,048 characters.
 * @see RFC 6749, section 3.3
 */
export function parseScope(text: string): readonly string[] {
  if (text.length > longestScope || !grammar.test(text)) {
    throw new Fault('scope-invalid', 'scopes are words of visible ASCII with one space between')
  }
  return [...new Set(text.split(' '))]
}

/** What is left of those that were asked for: those that all of `granted` hold. Never more than was asked for. */
export function narrowScope(
  asked: readonly string[],
  ...granted: readonly (readonly string[])[]
): readonly string[] {
  return asked.filter((scope) => granted.every((some) => some.includes(scope)))
}
