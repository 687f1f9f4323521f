// Decides: who may do what to which file, and what a person has to be asked for first.
import { canonicalJson, Fault, hex } from '#base'
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { createHash } from 'node:crypto'
import { GrantIndex, type PolicyGrant } from './grants.ts'
import { parseSources, type PolicyProblem, type Rule } from './parse.ts'
import { isPlain } from './paths.ts'
import {
  cedarCall,
  cedarRequest,
  type CallRequest,
  type CedarRequest,
  type PolicyRequest,
  type RuleSet,
} from './request.ts'
import { schemaText } from './schema.ts'
import { alwaysRules, type PolicySource } from './shipped.ts'

/** `because` holds ids of policies: what allows, and what asks for more consent than that would need. */
export type Decision =
  | { readonly effect: 'allow'; readonly because: readonly string[] }
  | { readonly effect: 'ask'; readonly tier: 1 | 2 | 3; readonly because: readonly string[] }
  | { readonly effect: 'deny'; readonly because: readonly string[]; readonly message: string }

/** Decisions of one set of policies and grants that are kept: the same request gets the same one. */
const mostKept = 256

/** Evidence of consent, the least first. @see `schemaText` */
const levels = [0, 1, 2, 3] as const

/**
 * Reads policies, checks them against the schema, and makes them ready to decide. The rules of `alwaysRules` are always
 * among them; the default policy is not, so that an administrator can replace it.
 * @param sources Of the person and the administrator; no assistant can write them.
 * @throws Fault `policy-invalid` that names the source and line of the first problem.
 */
export function loadPolicies(sources: readonly PolicySource[]): Policies {
  const { rules, problems } = parseSources(sources)
  const [first] = problems
  if (first !== undefined) throw new Fault('policy-invalid', inWords(first, problems.length))
  return Policies.compile(rules, versionOf(sources))
}

/** All problems of all texts, none if `loadPolicies` would take them. For `policy check`. */
export function checkPolicies(sources: readonly PolicySource[]): { problems: readonly PolicyProblem[] } {
  return { problems: parseSources(sources).problems }
}

function inWords({ source, line, column, message }: PolicyProblem, problems: number): string {
  const place = line === undefined ? source : `${source}, line ${line}, column ${column}`
  return problems === 1 ? `${place}: ${message}` : `${place}: ${message} (and ${problems - 1} more)`
}

function versionOf(sources: readonly PolicySource[]): string {
  const texts = [alwaysRules, ...sources].map(({ name, text }) => ({ name, text: text.toWellFormed() }))
  return hex(
    createHash('sha256')
      .update(canonicalJson([schemaText, ...texts]))
      .digest(),
  )
}

interface CompiledRules extends RuleSet {
  /** What a caller is told when the policy of that id denies. */
  readonly messages: ReadonlyMap<string, string>
}

/** A set of policies that is ready to decide. Made by `loadPolicies` only. */
export class Policies {
  /** SHA-256, hex, over the schema and all texts: the same version decides the same. */
  readonly version: string
  readonly #rules: CompiledRules
  readonly #grants: GrantIndex
  /** Decisions by request. Nothing that a decision depends on can change within this object. */
  readonly #kept = new Map<string, Decision>()

  private constructor(rules: CompiledRules, grants: GrantIndex) {
    this.version = rules.version
    this.#rules = rules
    this.#grants = grants
  }

  /** @internal */
  static compile(rules: readonly Rule[], version: string): Policies {
    const staticPolicies = Object.fromEntries(rules.map(({ id, text }) => [id, text]))
    const schema = preparseSchema(version, schemaText)
    const policies = preparsePolicySet(version, { staticPolicies })
    if (schema.type === 'failure' || policies.type === 'failure') {
      throw new Fault('internal', 'the policy engine refused what it had found valid')
    }
    const messages = rules.flatMap(({ id, message }) => (message === null ? [] : [[id, message] as const]))
    const mentioned = new Set(rules.flatMap(({ mentions }) => mentions))
    return new Policies({ version, mentioned, messages: new Map(messages) }, new GrantIndex([]))
  }

  /** The same policies with these grants in place of those before. Parses nothing; takes microseconds for each grant. */
  withGrants(grants: readonly PolicyGrant[]): Policies {
    return new Policies(this.#rules, new GrantIndex(grants))
  }

  /**
   * Gives the lowest level of consent at which the policies allow: none needed, what to ask for, or denied for good.
   * A path that rules cannot be held against, a request that does not fit the schema, and a policy that fails while it
   * is evaluated are all denied.
   * @param request Path and classes are attacker-influenced. What an assistant says of its reasons is no part of it.
   */
  decide(request: PolicyRequest | CallRequest): Decision {
    const key = JSON.stringify(request)
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const decision = this.#evaluate(request)
    if (this.#kept.size >= mostKept) this.#kept.clear()
    this.#kept.set(key, decision)
    return decision
  }

  #evaluate(request: PolicyRequest | CallRequest): Decision {
    if (request.action === 'call') return this.#lowest(cedarCall(request, this.#rules))
    if (!isPlain(request.resource.path)) return deny([], 'the path is not a plain absolute path')
    return this.#lowest(cedarRequest(request, this.#rules, this.#grants))
  }

  #lowest(cedar: CedarRequest): Decision {
    let stopped: readonly string[] = []
    for (const level of levels) {
      const answer = evaluate(cedar, level)
      if (answer.effect === 'fail')
        return deny(answer.because, 'the policies could not be applied to this request')
      if (answer.effect === 'allow') return allowed(level, answer.because, stopped)
      stopped = answer.because
    }
    return deny(stopped, this.#explain(stopped))
  }

  #explain(because: readonly string[]): string {
    if (because.length === 0) return 'no policy allows this'
    return (
      because.map((id) => this.#rules.messages.get(id)).find((said) => said !== undefined) ??
      'a policy forbids this'
    )
  }
}

interface Answer {
  readonly effect: 'allow' | 'deny' | 'fail'
  readonly because: readonly string[]
}

function evaluate({ call, grants }: CedarRequest, consent: number): Answer {
  const answer = statefulIsAuthorized({ ...call, context: { ...call.context, consent } })
  if (answer.type === 'failure') return { effect: 'fail', because: [] }
  const { decision, diagnostics } = answer.response
  // Cedar skips a policy that fails, also a forbid: an overflow must not open what the forbid shuts.
  if (diagnostics.errors.length > 0)
    return { effect: 'fail', because: diagnostics.errors.map((error) => error.policyId) }
  const because = diagnostics.reason.flatMap(
    (id) => grants.get(id)?.map((grant) => `grant:${grant.id}`) ?? id,
  )
  return { effect: decision, because: because.toSorted() }
}

function allowed(level: 0 | 1 | 2 | 3, because: readonly string[], stopped: readonly string[]): Decision {
  if (level === 0) return { effect: 'allow', because }
  return {
    effect: 'ask',
    tier: level,
    because: [...because, ...stopped.filter((id) => !because.includes(id))],
  }
}

function deny(because: readonly string[], message: string): Decision {
  return { effect: 'deny', because, message }
}
