export { applyPatch, type Applied, type MaskedLines } from './apply.ts'
export { parsePatch, type Hunk, type HunkLine } from './parse.ts'
