export { compilePattern, Pattern, type MatchedLine } from './pattern.ts'
