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
export { readLines, type LineRange, type Reading, type ReadLimits, type TextWindow } from './lines.ts'
export { readOutline, type Outline, type OutlineLine } from './outline.ts'
export { hashFile, type FileHash } from './hash.ts'
export { listFolder, type FolderEntry, type FolderListing } from './list.ts'
export type { TextEncoding } from './encoding.ts'
