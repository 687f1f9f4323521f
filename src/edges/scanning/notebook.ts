// Reads the cells of Jupyter notebooks, so that a finding is told by cell and line of the cell.
import { utf8 } from '#base'
import type { Member, Opening } from './container.ts'
import { entriesOf, itemsOf, memberOf, parseJson } from './json.ts'

const mostDepth = 32

/**
 * Sources and outputs of a notebook, each text a member: `cells[3].source`. What else the file holds is read with the
 * file itself.
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 */
export function* notebookMembers({ content, budget, note }: Opening): Generator<Member> {
  // Above the limit it is read as the text that it is, which finds the same and only says less of where.
  if (content.size > budget.held) return
  const notebook = parseJson(content.read(0, content.size))
  if (notebook === undefined) note('damaged')
  for (const [index, cell] of itemsOf(memberOf(notebook, 'cells')).entries()) {
    for (const part of ['source', 'outputs']) {
      for (const [name, text] of textsIn(memberOf(cell, part), `cells[${index}].${part}`, 0)) {
        if (!budget.enter()) return
        yield { name, chunks: [utf8(text)] }
      }
    }
  }
}

/** Every string below a value; a list of strings is one text, cut into lines. */
function* textsIn(value: unknown, name: string, depth: number): Generator<[name: string, text: string]> {
  if (depth > mostDepth) return
  if (typeof value === 'string') yield [name, value]
  const items = itemsOf(value)
  if (items.length > 0 && items.every((item) => typeof item === 'string')) yield [name, items.join('')]
  else for (const [index, item] of items.entries()) yield* textsIn(item, `${name}[${index}]`, depth + 1)
  for (const [key, inner] of entriesOf(value)) yield* textsIn(inner, `${name}.${key}`, depth + 1)
}
