export {
  openBeneath,
  openFolderBeneath,
  type FolderOptions,
  type Opened,
  type OpenedFile,
  type OpenOptions,
} from './open.ts'
export { rootOf, identityOf, type Identity, type Root } from './mounts.ts'
export { beneath } from './path.ts'
export { readLines, type Reading, type ReadLimits, type ReadOptions } from './lines.ts'
export type { LineRange, TextWindow } from './window.ts'
export { walkWindows, type WalkEnd } from './windows.ts'
export { readOutline, type Outline, type OutlineLine } from './outline.ts'
export { hashFile, type FileHash, type HashOptions } from './hash.ts'
export { listFolder, withoutIgnored, type FolderEntry, type FolderListing, type ListOptions } from './list.ts'
export { searchFolder, type FoundNames, type SearchOptions } from './search.ts'
export { replaceBeneath, type Replacement } from './replace.ts'
export { readAt } from './steady.ts'
export type { TextEncoding } from './encoding.ts'
