// The form of what follows an anchor: runs of classes and literals, written as text, matched without ever going back.
import { Fault, utf8 } from '#base'
import { byteClass, classNamed, type ByteClass } from './classes.ts'

/** So many bytes of a class. */
export interface Run {
  readonly of: ByteClass
  readonly min: number
  readonly max: number
}

/** A part of a form: a run, or bytes that stand there as they are. */
type Item = Run | { readonly literal: Uint8Array }

/** Ends in a run, which is matched to its end, however long. */
export interface Form {
  readonly head: readonly Item[]
  readonly last: Run
}

/** Of a run without an upper bound. */
const most = 4096
const grammar =
  /^(?:'(?<literal>[!-&(-~]{1,64})'|(?<of>[A-Za-z]\w*|\[[!-~]+\]):(?<min>\d{1,4})(?<to>\+|-\d{1,4})?)$/

/**
 * Reads a form such as `base64url:22 '.' base64url:43`: items with one space between. An item is a class (a name, or a
 * set in brackets) with a count (`36`, `36-255`, `36+`), or a literal in quotes.
 * @param text From our own tables, or from an organisation's rules: then not trusted.
 * @throws Fault `rule-invalid` for what is no form, and for one whose end of a run could not be told without trying.
 */
export function parseForm(text: string): Form {
  const items = text.split(' ').map(parseItem)
  for (const [index, item] of items.entries()) checkEnd(item, items[index + 1])
  const last = items.at(-1)
  if (last === undefined || 'literal' in last) throw invalid('a form must end in a run of a class')
  return { head: items.slice(0, -1), last }
}

/**
 * Reads one run of a form, such as `digit:8-12`.
 * @throws Fault `rule-invalid`
 */
export function parseRun(text: string): Run {
  const item = parseItem(text)
  if ('literal' in item) throw invalid('a literal stands where a run of a class is wanted')
  return item
}

function parseItem(text: string): Item {
  const { literal, of, min, to } = grammar.exec(text)?.groups ?? {}
  if (literal !== undefined) return { literal: utf8(literal) }
  if (of === undefined)
    throw invalid('a form has an item that is neither a literal in quotes nor CLASS:COUNT')
  const run = { of: classOf(of), min: Number(min), max: to === '+' ? most : Number(to?.slice(1) ?? min) }
  if (run.max < run.min || run.max > most) throw invalid(`a run may have from its least up to ${most} bytes`)
  return run
}

function classOf(text: string): ByteClass {
  const of = text.startsWith('[') ? byteClass(text.slice(1, -1)) : classNamed(text)
  if (of === undefined) throw invalid('a form names a class that does not exist')
  return of
}

/** A run of variable length must end where the next item begins, whatever follows. */
function checkEnd(item: Item, next: Item | undefined): void {
  if ('literal' in item || item.min === item.max || next === undefined) return
  const meets = (byte: number): boolean =>
    'literal' in next ? next.literal[0] === byte : next.of[byte] === 1
  if (item.of.some((flag, byte) => flag === 1 && meets(byte)))
    throw invalid('a run of variable length is followed by what could be part of it')
}

function invalid(why: string): Fault {
  return new Fault('rule-invalid', why)
}
