// The ids of organisations' own rules: told from ours by how they begin, so that anybody's placeholders are known.

/** Ids of rules begin with it, ids of ours never do. */
export const rulePrefix = 'x-'

const ruleId = /^x(?=.{2,31}$)(?:-[a-z0-9]+)+$/

/** Tells whether a rule may have that id: `x-` and words of lower case letters and digits, 32 bytes at most. */
export function isRuleId(text: string): boolean {
  return text.startsWith(rulePrefix) && ruleId.test(text)
}
