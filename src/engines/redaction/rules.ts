// An organisation's own rows, in the form of ours: read from JSON that nobody has looked at, and priced before they run.
import { Fault } from '#base'
import type { ByteClass } from './classes.ts'
import { costOf, longestOf, type Cost } from './cost.ts'
import type { Detector } from './detector.ts'
import type { Confidence } from './finding.ts'
import { parseForm, parseRun } from './form.ts'
import { Fields } from './rule-fields.ts'
import { isRuleId } from './rule-id.ts'

/** Most of everything that one file of rules may hold. */
const ruleLimits = {
  rules: 200,
  anchorsOfRule: 32,
  anchors: 1000,
  /** Bytes that a whole secret may have. */
  bytes: 4096,
  candidatesPerMegabyte: 500,
  candidatesPerMegabyteOfAll: 5000,
} as const

const anchorText = /^[ -~]{3,32}$/
const contextWord = /^[!-@[-~]{3,32}$/
const confidences: readonly Confidence[] = ['certain', 'likely', 'hint']
const longestForm = 256
const longestBefore = 64
/** Fewer bytes are no secret, and stand everywhere. */
const leastSecret = 6
/** A class of more is a class of everything. The largest of ours, `b64token`, has 68. */
const widestClass = 72

/** Rules that have been checked. Nothing but `parseRules` makes them. */
export class Rules {
  readonly #detectors: readonly Detector[]
  /** What each rule costs, in the same order. */
  readonly costs: readonly Cost[]

  private constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors
    this.costs = detectors.map(costOf)
  }

  /** One for each rule, in their order. */
  get detectors(): readonly Detector[] {
    return this.#detectors
  }

  /** True for what `parseRules` has made, and for nothing that looks like it. */
  static is(value: object): value is Rules {
    return #detectors in value
  }

  /** @see parseRules */
  static parse(json: unknown): Rules {
    const fields = Fields.of(json, 'rules', ['rules'])
    const list = fields.list('rules', { least: 0, most: ruleLimits.rules })
    const rules = new Rules(list.map(parseRule))
    checkSums(rules)
    return rules
  }
}

/**
 * Reads an organisation's rules: `{"rules": [{"id": "x-acme-token", "anchors": ["acme_"], "form": "alnum:32"}]}`. Fields
 * are those of `Detector`; `confidence` is `likely` and `source` empty where not given.
 * @param json Attacker-controlled, as `JSON.parse` gives it.
 * @throws Fault `rule-invalid` for the first rule that is not well-formed or would cost too much; its message names the
 * field, and of the rule nothing but its id.
 */
export function parseRules(json: unknown): Rules {
  return Rules.parse(json)
}

function parseRule(json: unknown, index: number): Detector {
  const fields = Fields.of(json, `rule ${index + 1}`, [
    'id',
    'anchors',
    'isFolded',
    'form',
    'before',
    'isExact',
    'needsDigit',
    'keepsAnchor',
    'context',
    'confidence',
    'source',
  ])
  const id = fields.text(
    'id',
    { test: isRuleId },
    'must be "x-" and words of lower case letters and digits, 32 at most',
  )
  const rule = fields.named(id)
  const detector: Detector = {
    id,
    anchors: anchorsOf(rule),
    form: formOf(rule),
    ...(rule.has('before') && { before: beforeOf(rule) }),
    ...(rule.has('context') && { context: contextOf(rule) }),
    ...rule.flags('isFolded', 'isExact', 'needsDigit', 'keepsAnchor'),
    confidence: rule.has('confidence') ? rule.choice('confidence', confidences) : 'likely',
    source: rule.has('source')
      ? rule.text('source', /^[ -~]{0,256}$/, 'must be 256 bytes of ASCII at most')
      : '',
  }
  if (leastOf(detector) < leastSecret)
    throw rule.invalid('form', `must ask for at least ${leastSecret} bytes`)
  checkCost(rule, detector)
  return detector
}

function anchorsOf(rule: Fields): readonly string[] {
  const isFolded = rule.flags('isFolded').isFolded === true
  const anchors = rule.texts('anchors', anchorText, {
    most: ruleLimits.anchorsOfRule,
    rule: 'must be 3 to 32 bytes of printable ASCII',
  })
  const isLower = anchors.every((anchor) => anchor === anchor.toLowerCase())
  if (isFolded && !isLower) throw rule.invalid('anchors', 'must be lower case, since isFolded is set')
  return anchors
}

function contextOf(rule: Fields): readonly string[] {
  return rule.texts('context', contextWord, {
    most: ruleLimits.anchorsOfRule,
    rule: 'must be words of 3 to 32 bytes, none of them a capital',
  })
}

function formOf(rule: Fields): string {
  const text = rule.text(
    'form',
    { test: (form) => form.length <= longestForm },
    `has more than ${longestForm} bytes`,
  )
  const form = rule.attempt('form', () => parseForm(text))
  for (const item of [...form.head, form.last]) if ('of' in item) checkClass(rule, 'form', item.of)
  if (longestOf(form) > ruleLimits.bytes) {
    throw rule.invalid('form', `takes more than ${ruleLimits.bytes} bytes; give its runs an upper bound`)
  }
  return text
}

function beforeOf(rule: Fields): string {
  const text = rule.text(
    'before',
    { test: (form) => form.length <= longestForm },
    `has more than ${longestForm} bytes`,
  )
  const run = rule.attempt('before', () => parseRun(text))
  checkClass(rule, 'before', run.of)
  if (run.min < 1 || run.max > longestBefore)
    throw rule.invalid('before', `must be 1 to ${longestBefore} bytes`)
  return text
}

/** Fewest bytes of a secret, without its anchor. */
function leastOf({ form, before }: Detector): number {
  const { head, last } = parseForm(form)
  const sizes = [...head, last].map((item) => ('of' in item ? item.min : item.literal.length))
  return sizes.reduce((sum, size) => sum + size, before === undefined ? 0 : parseRun(before).min)
}

function checkClass(rule: Fields, field: string, of: ByteClass): void {
  const size = of.reduce((sum, flag) => sum + flag, 0)
  if (size === 0) throw rule.invalid(field, 'has a class without a byte in it')
  if (size > widestClass)
    throw rule.invalid(field, `has a class of nearly everything: ${widestClass} bytes is most`)
}

function checkCost(rule: Fields, detector: Detector): void {
  const { candidatesPerMegabyte } = costOf(detector)
  if (candidatesPerMegabyte > ruleLimits.candidatesPerMegabyte) {
    throw rule.invalid(
      'anchors',
      `would be asked about ${Math.ceil(candidatesPerMegabyte)} times in a megabyte of text, and ` +
        `${ruleLimits.candidatesPerMegabyte} is most: take longer anchors, or a longer first run`,
    )
  }
}

function checkSums({ detectors, costs }: Rules): void {
  const anchors = detectors.reduce((sum, { anchors }) => sum + anchors.length, 0)
  if (anchors > ruleLimits.anchors) {
    throw new Fault('rule-invalid', `rules: have ${anchors} anchors, and ${ruleLimits.anchors} is most`)
  }
  const candidates = costs.reduce((sum, cost) => sum + cost.candidatesPerMegabyte, 0)
  if (candidates > ruleLimits.candidatesPerMegabyteOfAll) {
    throw new Fault(
      'rule-invalid',
      `rules: would be asked about ${Math.ceil(candidates)} times in a megabyte of text`,
    )
  }
}
