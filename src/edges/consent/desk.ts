// The desk where a person is asked: cards wait here until someone answers, leaves, or time runs out.
import { base64url, Fault, type Clock, type Milliseconds, type Random } from '#base'
import { challengeOf, type ConsentRequest } from '#receipts'
import type { Card, Destination, RequestOf, Scope } from '#wire'
import { approve, type Approval, type AnswerMethod } from './approval.ts'
import {
  makeCard,
  objectsOf,
  pathsOf,
  programOf,
  questionOf,
  type AskedObject,
  type CardDraft,
} from './card.ts'
import { Confirmation } from './confirmation.ts'
import { Flood } from './flood.ts'
import { Memory, type Remembered } from './memory.ts'

/** What became of a question. All but an allow, which carries its proof, means no. */
export type Answer =
  | { readonly decision: 'allow'; readonly approval: Approval }
  | { readonly decision: 'deny' | 'timed-out' | 'withdrawn' }

/** How a card ended, as listeners hear it. */
export type Outcome = RequestOf<'consent.ended'>['outcome']

/** A card that ended, and what ended it: a person's surface, or what stands for nobody. */
export interface Ending {
  readonly card: Card
  readonly outcome: Outcome
  readonly method: AnswerMethod | 'time-out' | 'withdrawal' | 'closing'
  /** How far the person allowed; null for every other outcome. */
  readonly scope: Scope | null
}

/** Hears of cards that come and go. */
export interface DeskListener {
  asked(card: Card): void
  ended(ending: Ending): void
}

/** What a desk is made with. */
export interface DeskOptions {
  readonly clock: Clock
  readonly random: Random
  /** After this a card counts as denied. */
  readonly timeout?: Milliseconds
  /** Allow is taken only this long after the card came up. */
  readonly armedAfter?: Milliseconds
  /** How long two denials of the same thing keep an assistant from asking for it. */
  readonly embargo?: Milliseconds
  /** New cards that one assistant may raise within ten minutes. */
  readonly flood?: number
}

/** What an asker may add to a question. */
export interface AskOptions {
  /** Aborted when the asker goes away. The card ends when its last asker has gone. */
  readonly signal?: AbortSignal
  /** Told of the card before anyone can answer it, also if it is one that was up already. */
  readonly onCard?: (card: Card) => void
}

type Decided = Omit<RequestOf<'consent.decide'>, 'assertion'>
/** What is to be allowed, of which card, and how far. */
type Wanted = Omit<Decided, 'decision'>
/** Where a person clicked or typed. */
type Click = Exclude<AnswerMethod, 'passkey'>

interface Pending {
  readonly card: Card
  /** As it was asked, not as it is shown. */
  readonly asked: AskedObject & Asking
  readonly question: string
  readonly askedAt: Milliseconds
  readonly askers: Set<(answer: Answer) => void>
  readonly stopTimer: () => void
}

interface Asking {
  readonly assistant: string
  readonly destination: Destination
  readonly program: string
}

const mostPending = 32
const mostPerAssistant = 8

/** Holds the questions that wait for a person. Silence, loss of the asker, a lock and a time-out are all a no. */
export class ConsentDesk {
  readonly #clock: Clock
  readonly #random: Random
  readonly #timeout: Milliseconds
  readonly #armedAfter: Milliseconds
  readonly #memory: Memory
  readonly #flood: Flood
  readonly #pending = new Map<string, Pending>()
  readonly #listeners = new Set<DeskListener>()

  constructor(options: DeskOptions) {
    const { clock, random, timeout = 60_000, armedAfter = 700, embargo = 600_000, flood = 30 } = options
    this.#clock = clock
    this.#random = random
    this.#timeout = timeout
    this.#armedAfter = armedAfter
    this.#memory = new Memory(clock, embargo)
    this.#flood = new Flood(clock, flood)
  }

  /**
   * Puts a question before the person and waits. The same question asked again while its card is up shares the card.
   * @param draft Attacker-influenced in caller, reason and paths.
   * @throws Fault `embargoed` after two denials of the same thing, and `busy` at 32 cards, 8 of one assistant, or too
   *   many within ten minutes, both with the end as `until` in their cause where there is one; `internal` if the draft
   *   contradicts itself.
   */
  async ask(draft: CardDraft, { signal, onCard }: AskOptions = {}): Promise<Answer> {
    if (signal?.aborted === true) return { decision: 'withdrawn' }
    const same = this.#sameQuestion(draft)
    const pending = same ?? this.#open(draft)
    const answer = this.#wait(pending, signal)
    onCard?.(pending.card)
    if (same === undefined) for (const listener of this.#listeners) listener.asked(pending.card)
    return answer
  }

  /** Ends a card because nobody waits for it any more. An id that is not pending is no error. */
  withdraw(id: string): void {
    const pending = this.#pending.get(id)
    if (pending !== undefined) this.#end(pending, { outcome: 'withdrawn', method: 'withdrawal' })
  }

  /**
   * Takes a person's answer. A denial is taken at any time, an allow only if all of this holds.
   * @param answer From a console or terminal that was shown the card; the digest binds it to what was shown.
   * @param evidence Where it was clicked, or the proof that a passkey signed this card and scope.
   * @throws Fault `consent-gone` if the card has ended; `consent-changed` if the digest is not the card's;
   *   `passkey-needed` if a click is not enough, `consent-unanswerable` if nothing is; `consent-too-early`;
   *   `consent-scope-refused` if the card does not offer the scope or item, or nothing of a request for access is left.
   */
  decide(answer: Decided, evidence: Click | Confirmation): void {
    const pending = this.#named(answer)
    const method = Confirmation.is(evidence) ? 'passkey' : evidence
    if (answer.decision !== 'allow') return this.#deny(pending, method)
    this.#checkAllow(pending, answer, evidence)
    const approval = this.#approve(pending, answer, evidence)
    this.#note(pending, 'allowed', method)
    this.#end(pending, { outcome: 'allowed', method, scope: answer.scope }, { decision: 'allow', approval })
  }

  /** What a passkey signs to allow a card so far. @throws Fault `consent-gone`, `consent-changed` */
  requestOf(answer: Wanted): ConsentRequest {
    return requestOf(this.#named(answer), answer)
  }

  /** Takes answers of the past, the oldest first: an embargo outlives a restart. */
  recall(past: readonly Remembered[]): void {
    for (const answer of past) this.#memory.note(answer)
  }

  /** Cards that wait, the oldest first. */
  pending(): Card[] {
    return [...this.#pending.values()].map(({ card }) => card)
  }

  /** @returns Ends the listening. */
  on(listener: DeskListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Denies all that waits: the vault was locked, or the program stops. Counts as nobody's denial. */
  closeAll(): void {
    for (const pending of this.#pending.values()) {
      this.#end(pending, { outcome: 'denied', method: 'closing' }, { decision: 'deny' })
    }
  }

  #sameQuestion(draft: CardDraft): Pending | undefined {
    const question = questionOf(draft)
    const same = [...this.#pending.values()].find((pending) => pending.question === question)
    if (same === undefined || !this.#isOver(same)) return same
    this.#lapse(same)
    return undefined
  }

  #open(draft: CardDraft): Pending {
    const createdAt = this.#clock.now()
    const own = {
      id: base64url(this.#random(16)),
      createdAt,
      expiresAt: createdAt + this.#timeout,
      armedAfter: this.#armedAfter,
    }
    const card = makeCard(draft, own, (assistant, paths) => this.#memory.lastAllowed(assistant, paths))
    this.#checkEmbargo(card)
    this.#checkRoom(draft.caller.assistant)
    const pending: Pending = {
      card,
      asked: askedOf(draft),
      question: questionOf(draft),
      askedAt: this.#clock.monotonic(),
      askers: new Set(),
      stopTimer: this.#clock.after(this.#timeout, () => this.#lapse(pending)),
    }
    this.#pending.set(card.id, pending)
    return pending
  }

  #wait(pending: Pending, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise((resolve) => {
      const leave = (): void => this.#leave(pending, settle)
      const settle = (answer: Answer): void => {
        // A connection outlives its questions, and must not keep them.
        signal?.removeEventListener('abort', leave)
        resolve(answer)
      }
      pending.askers.add(settle)
      signal?.addEventListener('abort', leave)
    })
  }

  #checkEmbargo(card: Card): void {
    const until = this.#memory.embargoEnd(card.caller.assistant, pathsOf(card))
    if (until !== null) throw untilThen('embargoed', 'the person denied this twice', until)
  }

  #checkRoom(assistant: string): void {
    const own = [...this.#pending.values()].filter(({ asked }) => asked.assistant === assistant)
    if (this.#pending.size >= mostPending || own.length >= mostPerAssistant) {
      throw new Fault('busy', 'too many questions wait for the person')
    }
    const until = this.#flood.enter(assistant)
    if (until !== null) throw untilThen('busy', 'too many questions within ten minutes', until)
  }

  #named({ id, digest }: Pick<Wanted, 'id' | 'digest'>): Pending {
    const pending = this.#current(id)
    if (digest !== pending.card.digest) throw new Fault('consent-changed', 'the answer is to another card')
    return pending
  }

  #current(id: string): Pending {
    const pending = this.#pending.get(id)
    if (pending !== undefined && !this.#isOver(pending)) return pending
    if (pending !== undefined) this.#lapse(pending)
    throw new Fault('consent-gone', 'this question has ended')
  }

  /** By either clock: timers sleep when the machine does, and the wall clock may be set back. */
  #isOver({ card, askedAt }: Pending): boolean {
    return this.#clock.now() >= card.expiresAt || this.#clock.monotonic() - askedAt >= this.#timeout
  }

  #checkAllow(pending: Pending, wanted: Wanted, evidence: Click | Confirmation): void {
    const { card, asked, askedAt } = pending
    const { scope, items } = wanted
    if (card.tier > 2) throw new Fault('consent-unanswerable', 'two persons would have to allow this')
    if (Confirmation.is(evidence)) requireSame(evidence, requestOf(pending, wanted))
    else if (card.tier > 1) throw new Fault('passkey-needed', 'a click is not enough for this')
    if (this.#clock.monotonic() - askedAt < this.#armedAfter) {
      throw new Fault('consent-too-early', 'allowed before anyone can have looked')
    }
    if (!card.scopes.includes(scope))
      throw new Fault('consent-scope-refused', 'the card does not offer this scope')
    if (items?.some((at) => card.items[at] === undefined) === true)
      throw new Fault('consent-scope-refused', 'the card does not have this item')
    if (card.kind === 'access' && objectsOf(asked, scope, items).length === 0)
      throw new Fault('consent-scope-refused', 'nothing was ticked; deny the request instead')
  }

  #approve({ card, asked }: Pending, { scope, items }: Wanted, evidence: Click | Confirmation): Approval {
    const isConfirmed = Confirmation.is(evidence)
    return approve({
      card: card.id,
      digest: card.digest,
      content: card.content?.sha256 ?? null,
      assistant: asked.assistant,
      destination: asked.destination,
      program: asked.program,
      scope,
      objects: objectsOf(asked, scope, items),
      level: isConfirmed ? 2 : 1,
      method: isConfirmed ? 'passkey' : evidence,
      receipt: isConfirmed ? evidence.receipt : null,
      answeredAt: this.#clock.now(),
      answeredMonotonic: this.#clock.monotonic(),
    })
  }

  #deny(pending: Pending, method: AnswerMethod): void {
    this.#note(pending, 'denied', method)
    this.#end(pending, { outcome: 'denied', method }, { decision: 'deny' })
  }

  #note({ card }: Pending, decision: 'allowed' | 'denied', method: AnswerMethod): void {
    const { assistant } = card.caller
    this.#memory.note({ assistant, paths: pathsOf(card), decision, method, at: this.#clock.now() })
  }

  #lapse(pending: Pending): void {
    this.#end(pending, { outcome: 'timed-out', method: 'time-out' }, { decision: 'timed-out' })
  }

  #leave(pending: Pending, asker: (answer: Answer) => void): void {
    if (!pending.askers.delete(asker)) return
    asker({ decision: 'withdrawn' })
    if (pending.askers.size === 0) this.#end(pending, { outcome: 'withdrawn', method: 'withdrawal' })
  }

  #end(
    pending: Pending,
    { scope = null, ...ending }: Omit<Ending, 'card' | 'scope'> & Partial<Pick<Ending, 'scope'>>,
    answer: Answer = { decision: 'withdrawn' },
  ): void {
    if (!this.#pending.delete(pending.card.id)) return
    pending.stopTimer()
    const askers = [...pending.askers]
    pending.askers.clear()
    for (const asker of askers) asker(answer)
    for (const listener of this.#listeners) listener.ended({ card: pending.card, scope, ...ending })
  }
}

function requestOf({ card, asked }: Pending, { scope, items: ticked }: Wanted): ConsentRequest {
  const { id, digest, kind, lines, content, expiresAt } = card
  const { assistant, path } = asked
  const what = { assistant, kind, path, lines, sha256: content?.sha256 ?? null }
  const items = ticked ?? null
  return { v: 1, purpose: 'consent', card: id, digest, ...what, scope, items, expiresAt }
}

/** A passkey's word is for one card and one scope. */
function requireSame({ receipt }: Confirmation, request: ConsentRequest): void {
  if (challengeOf(receipt.request) !== challengeOf(request))
    throw new Fault('passkey-invalid', 'the passkey signed something else')
}

function askedOf({ kind, path, items, caller }: CardDraft): Pending['asked'] {
  const { assistant, destination } = caller
  return {
    kind,
    path,
    items: items.map((item) => ({ ...item })),
    assistant,
    destination,
    program: programOf(caller),
  }
}

function untilThen(code: 'embargoed' | 'busy', message: string, end: Milliseconds): Fault {
  const until = Math.ceil(end)
  return new Fault(code, `${message}; it can be asked again from ${new Date(until).toISOString()} on`, {
    cause: { until },
  })
}
