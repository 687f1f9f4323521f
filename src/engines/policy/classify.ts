// Says by its name alone what a file or folder is likely to hold.
import { classRules, defaultStatePlaces } from './classes.ts'

/** Folders whose meaning depends on the machine. */
export interface Homes {
  /** The person's own folder. */
  readonly user: string
  /** Folders of our own state, wherever they were moved. */
  readonly keyreeve: readonly string[]
}

/**
 * Gives the classes of a path, sorted: `ssh`, `gnupg`, `keychain`, `browser-profile`, `password-store`,
 * `keyreeve-state` (never given out), `cloud-credentials`, `private-key`, `dotenv` and others that policies may name.
 * Names are compared folded (NFKC, case, invisible characters, trailing dots and spaces, NTFS streams), so a spelling
 * that some file system takes for the same name has the same classes. A name too many costs a question at most.
 * @param path Real absolute path: links were resolved before. Attacker-controlled in all but that.
 */
export function classify(path: string, homes: Homes): string[] {
  const spellings = spellingsOf(path)
  const found = classRules.filter(
    ({ places, names }) =>
      spellings.some((folded) => places.some((place) => folded.includes(`/${place}/`))) ||
      (names !== undefined && spellings.some((folded) => names.test(lastName(folded)))),
  )
  const classes = found.map(({ name }) => name)
  return (isOwnState(spellings, homes) ? [...classes, 'keyreeve-state'] : classes).toSorted()
}

function isOwnState(spellings: readonly string[], { user, keyreeve }: Homes): boolean {
  const own = [...keyreeve, ...defaultStatePlaces.map((place) => `${user}/${place}`)].map(folded)
  return spellings.some((path) => own.some((folder) => path.startsWith(folder)))
}

/** The folded path, and the same without what follows a colon: NTFS opens `name:stream` as `name`. */
function spellingsOf(path: string): readonly string[] {
  const whole = folded(path)
  return whole.includes(':') ? [whole, whole.replaceAll(/:[^/]*/g, '')] : [whole]
}

/** Folds a path to `/name/name/`, a superset of what APFS, HFS+ and NTFS hold for equal. @see UAX #31, NFKC_Casefold */
function folded(path: string): string {
  const names = path
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .split(/[/\\]+/)
    .map((name) => name.replace(/[. ]+$/, ''))
  return `/${names.filter((name) => name !== '').join('/')}/`
}

function lastName(folded: string): string {
  return folded.slice(folded.lastIndexOf('/', folded.length - 2) + 1, -1)
}
