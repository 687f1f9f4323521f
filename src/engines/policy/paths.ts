// Which paths can be decided at all, and the folders above one.

/** Folders above a file; nobody nests so deep, and each costs time. */
const mostFolders = 256

/**
 * Tells whether a path is spelled the one way in which rules can be held against it: absolute, with forward slashes,
 * without `.`, `..`, empty names, NUL or lone surrogates.
 * @param path Attacker-controlled.
 */
export function isPlain(path: string): boolean {
  if (path.length > 4096 || !path.isWellFormed() || /[\0\\]/.test(path)) return false
  if (!/^(\/|[A-Za-z]:\/)/.test(path)) return false
  const names = path.slice(path.indexOf('/') + 1).split('/')
  if (names.length > mostFolders) return false
  return names.length === 1 && names[0] === '' ? true : names.every((name) => !/^\.{0,2}$/.test(name))
}

/** The folders above a plain path, the outermost first: `/`, `/home`, `/home/ana`. The root has none. */
export function foldersAbove(path: string): readonly string[] {
  const root = path.slice(0, path.indexOf('/') + 1)
  if (path === root) return []
  const names = path.slice(root.length).split('/').slice(0, -1)
  return [root, ...names.map((_, index) => root + names.slice(0, index + 1).join('/'))]
}

/** The last name of a plain path; empty for the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
