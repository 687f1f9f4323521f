// Makes one redaction of findings that overlap, in the order of the text, as soon as nothing can change it.
import { compareConfidence, type Found } from './finding.ts'

/** Where one placeholder stands for all from `start` to `end`. */
export interface Redaction {
  readonly start: number
  readonly end: number
  /** The finding that names it. */
  readonly label: Found
  /** The label stands, but the end may still grow. */
  readonly isOpen: boolean
}

/** From this length on a redaction keeps its label, so that a stream need not hold it. In bytes. */
const longestUnlabelled = 65_536

interface Cluster {
  start: number
  end: number
  label: Found
  readonly isOpen: false
}

export class Merger {
  /** Not yet in a cluster, by start. */
  #waiting: Found[] = []
  #cluster: Cluster | null = null

  /**
   * Takes new findings and gives the redactions that are settled, in order. The last may be open: it is given again.
   * @param frontier No finding that is still to come starts before it.
   */
  settle(found: readonly Found[], frontier: number): readonly Redaction[] {
    if (found.length > 0) this.#waiting = [...this.#waiting, ...found].sort(byStart)
    const settled: Redaction[] = []
    const ready = this.#waiting.findIndex(({ start }) => start >= frontier)
    for (const next of this.#waiting.splice(0, ready < 0 ? this.#waiting.length : ready))
      this.#add(next, settled)
    if (this.#cluster !== null && this.#cluster.end < frontier) this.#close(settled)
    else if (this.#cluster !== null && isLabelled(this.#cluster))
      settled.push({ ...this.#cluster, isOpen: true })
    return settled
  }

  /** First byte that a redaction still to be settled may take, or Infinity. */
  get firstUnsettled(): number {
    return Math.min(this.#cluster?.start ?? Infinity, this.#waiting[0]?.start ?? Infinity)
  }

  /** Moves all positions to the left by `by` bytes. */
  shift(by: number): void {
    this.#waiting = this.#waiting.map((found) => moved(found, by))
    if (this.#cluster === null) return
    const { start, end, label, isOpen } = this.#cluster
    this.#cluster = { start: start - by, end: end - by, label: moved(label, by), isOpen }
  }

  #add(next: Found, settled: Redaction[]): void {
    const cluster = this.#cluster
    const isNext =
      cluster !== null &&
      next.start === cluster.end &&
      (next.joins === true || isSameSecret(next, cluster.label))
    if (cluster !== null && (next.start < cluster.end || isNext)) {
      if (!isLabelled(cluster) && next.joins !== true) cluster.label = better(cluster.label, next)
      cluster.end = Math.max(cluster.end, next.end)
      return
    }
    this.#close(settled)
    this.#cluster = { start: next.start, end: next.end, label: next, isOpen: false }
  }

  #close(settled: Redaction[]): void {
    if (this.#cluster !== null) settled.push(this.#cluster)
    this.#cluster = null
  }
}

function isLabelled({ start, end }: Cluster): boolean {
  return end - start >= longestUnlabelled
}

/** A long secret is known by its pieces. */
function isSameSecret(a: Found, b: Found): boolean {
  return a.name !== undefined && a.name === b.name
}

function better(a: Found, b: Found): Found {
  const confidence = compareConfidence(b.confidence, a.confidence)
  if (confidence !== 0) return confidence > 0 ? b : a
  if ((a.name === undefined) !== (b.name === undefined)) return a.name === undefined ? b : a
  if (a.byPlace !== b.byPlace) return a.byPlace === true ? b : a
  return b.end - b.start > a.end - a.start ? b : a
}

function byStart(a: Found, b: Found): number {
  return (
    a.start - b.start || b.end - a.end || (a.detector < b.detector ? -1 : Number(a.detector > b.detector))
  )
}

function moved(found: Found, by: number): Found {
  const { core } = found
  return {
    ...found,
    start: found.start - by,
    end: found.end - by,
    ...(core !== undefined && { core: [core[0] - by, core[1] - by] as const }),
  }
}
