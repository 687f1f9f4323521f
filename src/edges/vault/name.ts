// The names that a record may have.
import { Fault, shown } from '#base'

const mostCharacters = 128

/**
 * Brings a name into the one form under which it is filed: NFC, so that the same text typed on two systems is one name.
 * @param name Attacker-controlled.
 * @throws Fault `secret-name-invalid` if it is empty, longer than 128 characters, starts or ends with a blank, or holds
 *   a character that cannot be seen.
 */
export function filedName(name: string): string {
  const filed = name.length <= mostCharacters * 4 ? name.normalize('NFC') : name
  const length = Array.from(filed).length
  if (length < 1 || length > mostCharacters) {
    throw new Fault('secret-name-invalid', `a name has 1 to ${mostCharacters} characters`)
  }
  if (filed.trim() !== filed || shown(filed) !== filed) {
    throw new Fault('secret-name-invalid', 'a name has no hidden characters, and no blanks at its ends')
  }
  return filed
}
