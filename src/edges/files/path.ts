// Takes apart the paths that assistants ask for. Nothing here touches the disk.
import { Fault, utf8 } from '#base'

/** PATH_MAX counts the NUL at the end. */
const longestPath = 4095
const longestName = 255

/** What the system puts behind the path of an open file whose name was removed. @see proc_pid_fd(5) */
export const removedMark = ' (deleted)'

/**
 * Splits a path below a root into its components. Empty ones and `.` mean nothing and are dropped, as the system does.
 * @param path Attacker-controlled.
 * @returns No component for the root itself.
 * @throws Fault `path-invalid` for what is absolute, holds NUL, a backslash, a drive letter, a lone surrogate or `..`,
 *   has a component of more than 255 bytes, or is longer than 4095 bytes.
 */
export function componentsOf(path: string): string[] {
  if (!path.isWellFormed()) throw invalid('is no well-formed Unicode')
  if (isLonger(path, longestPath)) throw invalid(`is longer than ${longestPath} bytes`)
  if (path.includes('\0')) throw invalid('holds NUL')
  if (path.includes('\\')) throw invalid('holds a backslash')
  if (path.startsWith('/')) throw invalid('is absolute, and a relative one is needed here')
  if (/^[A-Za-z]:/.test(path)) throw invalid('begins with a drive letter')
  const components = path.split('/').filter((component) => component !== '' && component !== '.')
  for (const component of components) checkComponent(component)
  return components
}

/**
 * As `componentsOf`, for a file: the path must name something, and end with its name. That may not be one that the system
 * writes for a file whose name was removed.
 */
export function fileComponentsOf(path: string): string[] {
  const components = componentsOf(path)
  if (components.length === 0) throw invalid('names no file')
  if (/\/\.?$/.test(path)) throw invalid('ends with a slash, and a file is wanted')
  if (path.endsWith(removedMark)) throw invalid('ends as those of removed files do')
  return components
}

/**
 * Gives the part of an absolute path that lies below a folder, by names alone.
 * @param root Absolute, without a slash at its end (but `/` itself).
 * @param path Attacker-controlled.
 * @returns An empty string for the folder itself.
 * @throws Fault `path-outside-root`; `path-invalid` if `path` is not absolute.
 */
export function beneath(root: string, path: string): string {
  if (!path.startsWith('/')) throw invalid('is not absolute')
  if (path === root) return ''
  const prefix = root === '/' ? '/' : `${root}/`
  if (!path.startsWith(prefix)) throw new Fault('path-outside-root', 'the path is not below the folder')
  return path.slice(prefix.length)
}

function checkComponent(component: string): void {
  if (component === '..') throw invalid('holds ".."')
  if (isLonger(component, longestName)) throw invalid(`has a name of more than ${longestName} bytes`)
}

/** In bytes of UTF-8: at most three for each code unit, so that most need not be encoded to be measured. */
function isLonger(text: string, most: number): boolean {
  return 3 * text.length > most && utf8(text).length > most
}

function invalid(what: string): Fault {
  return new Fault('path-invalid', `the path ${what}`)
}
