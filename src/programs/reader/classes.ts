// Says of what kind a content is, for the policy: by what is in it, whatever the file is called.

interface Found {
  readonly detector: string
  readonly confidence: string
}

const assignment = /^\s{0,20}(?:export\s{1,4})?[A-Z][A-Z0-9_]{0,80}\s{0,4}=/
const privateKeyHeader = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/

/**
 * Names the classes of a text: `holds-private-key` (masked whole; a file that is a key by its name has a class of its own), `dotenv-like` (three assignments of environment variables or more, and
 * most lines are), `credentials` (a secret that is certain).
 * @param text Original, of what will leave and what is around it.
 */
export function classesOf(text: string, findings: readonly Found[]): string[] {
  const classes: string[] = []
  if (privateKeyHeader.test(text) || findings.some(({ detector }) => detector === 'private-key')) {
    classes.push('holds-private-key')
  }
  if (isDotenvLike(text)) classes.push('dotenv-like')
  if (findings.some(({ confidence }) => confidence === 'certain')) classes.push('credentials')
  return classes
}

function isDotenvLike(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const assignments = lines.filter((line) => assignment.test(line.slice(0, 200))).length
  return assignments >= 3 && assignments * 2 > lines.length
}
