export { knownTable, type Left } from './table.ts'
