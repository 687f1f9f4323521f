// The policies as a person sees and changes them in the console.
import { Fault, utf8 } from '#base'
import { replaceFile } from '#os'
import { defaultPolicy, loadPolicies } from '#policy'
import { textHash, type ReplyOf, type RequestOf } from '#wire'
import { mkdirSync } from 'node:fs'
import { homesOf } from './deciding.ts'
import { openedOf, type House } from './house.ts'
import { readFiles, takePolicies } from './policies.ts'

/** What stands in the folder now, also what could not be taken. */
export function showPolicies(house: House): ReplyOf<'policy.show'> {
  const { policies, policyProblem, places } = house
  return {
    version: policies.version,
    problem: policyProblem?.message ?? null,
    files: readFiles(places.policies).map(({ name, text }) => ({ name, text, sha256: textHash(text) })),
    homes: homesOf(house),
  }
}

/**
 * Writes a file that a person changed, and takes it at once. All files must hold together with it, and the built-in
 * rules are always among them. The log says so first; what stood there is kept in `before/`, under the hash that the log names.
 * @throws Fault `policy-invalid`; `policy-changed` if the file is not the one that the person saw.
 */
export async function changePolicy(
  house: House,
  change: RequestOf<'policy.change'>,
): Promise<ReplyOf<'policy.change'>> {
  const { file, text, before } = change
  const folder = house.places.policies
  const { others } = requireUnchanged(folder, change)
  const fresh = loadPolicies([defaultPolicy, ...others, { name: file, text }])
  await openedOf(house).log.append({ v: 1, kind: 'policy.change', file, before, after: textHash(text) })
  const { old } = requireUnchanged(folder, change)
  if (old !== null) keepOld(`${folder}/before`, old)
  replaceFile(`${folder}/${file}`, utf8(text))
  house.policyProblem = null
  return { version: fresh.version, ended: takePolicies(house, fresh) }
}

/** The text that is to be replaced, or null, and the files beside it. */
function requireUnchanged(folder: string, { file, before }: RequestOf<'policy.change'>) {
  const files = readFiles(folder)
  const old = files.find(({ name }) => name === file)?.text ?? null
  if ((old === null ? null : textHash(old)) !== before)
    throw new Fault('policy-changed', `${file} is not what it was when it was shown`)
  return { old, others: files.filter(({ name }) => name !== file) }
}

function keepOld(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  replaceFile(`${folder}/${textHash(text)}.cedar`, utf8(text))
}
