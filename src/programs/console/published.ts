// The log as it lies on disk: verified and proved from its files, by code that the writer does not use and without keys.
import { proveEvent, verifyLog, type Verification } from '#verify'

export interface PublishedLog {
  /** Recomputes the whole tree and checks every signature. Who asks meanwhile gets the same answer. */
  verify(): Promise<Verification>
  /** The proof that an event is in the log. @throws Fault `journal-unknown-entry`, `journal-corrupt` */
  prove(index: number): Promise<string>
}

/** @param folder Of the journal. */
export function publishedLog(folder: string): PublishedLog {
  let underWay: Promise<Verification> | null = null
  return {
    verify: () =>
      (underWay ??= verifyLog(folder).finally(() => {
        underWay = null
      })),
    prove: (index) => proveEvent(folder, index),
  }
}
