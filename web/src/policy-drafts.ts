// Texts that are being written: kept while other pages are looked at, gone with the page.
import { signal } from '@preact/signals'
import type { PolicyFolder, Suggestion } from './policy-api.ts'
import { laterWords } from './words-later.ts'

/** By name of the file; what is not here stands as it was saved. */
export const drafts = signal<ReadonlyMap<string, string>>(new Map())

/** A rule of the review that waits to be put into the editor. */
export const suggested = signal<Suggestion | null>(null)

/** Keeps what was typed; what is the saved text again is no draft. */
export function keepDraft({ files }: PolicyFolder, file: string, text: string): void {
  const next = new Map(drafts.value)
  if (text === files.find(({ name }) => name === file)?.text) next.delete(file)
  else next.set(file, text)
  drafts.value = next
}

/** True if what stands in the editor is not what was saved. */
export function isDraft({ files }: PolicyFolder, file: string): boolean {
  const draft = drafts.value.get(file)
  return draft !== undefined && draft !== files.find(({ name }) => name === file)?.text
}

export function dropDraft(file: string): void {
  drafts.value = new Map([...drafts.value].filter(([name]) => name !== file))
}

/** A name that no file has, whatever its case. */
export function freshName({ files }: PolicyFolder): string {
  const taken = new Set(
    [...files.map(({ name }) => name), ...drafts.value.keys()].map((name) => name.toLowerCase()),
  )
  let name = 'own.cedar'
  for (let at = 2; taken.has(name); at++) name = `own-${at}.cedar`
  return name
}

/** Puts the rule that waits at the end of a file. @returns Where it begins, or null where none waits. */
export function takeSuggestion(folder: PolicyFolder, file: string, text: string): number | null {
  const rule = suggested.value
  if (rule === null) return null
  suggested.value = null
  const before = text.trim() === '' ? '' : `${text.trimEnd()}\n\n`
  keepDraft(folder, file, `${before}// ${laterWords.policy.origin(rule)}\n${rule.cedar}\n`)
  return before.length
}
