// Puts together what is asked for in one turn of the loop, and while the batch before is under way.

interface Waiting<Item, Outcome> {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (thrown: unknown) => void
}

/**
 * Makes of a function over many one that each caller calls for itself.
 * @param act Gives an outcome for each item, in order. Where it throws, all callers of the batch are told.
 * @param most Items in one batch: parameters of a statement are limited (SQLite 32,766, PostgreSQL 65,535).
 */
export function grouped<Item, Outcome>(
  act: (items: readonly Item[]) => Promise<readonly Outcome[]>,
  most = 500,
): (item: Item) => Promise<Outcome> {
  const waiting: Waiting<Item, Outcome>[] = []
  let isBusy = false
  async function drain(): Promise<void> {
    while (waiting.length > 0) await settle(waiting.splice(0, most), act)
    isBusy = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isBusy) return
      isBusy = true
      setImmediate(() => void drain())
    })
}

async function settle<Item, Outcome>(
  batch: readonly Waiting<Item, Outcome>[],
  act: (items: readonly Item[]) => Promise<readonly Outcome[]>,
): Promise<void> {
  try {
    const outcomes = await act(batch.map(({ item }) => item))
    batch.forEach(({ resolve }, at) => resolve(outcomes[at]!))
  } catch (thrown) {
    for (const { reject } of batch) reject(thrown)
  }
}
