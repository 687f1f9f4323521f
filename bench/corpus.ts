// What benches and differential tests run on: the same bytes for the same seed, on every machine with the same packages.
export { alphabets, Dice, type Alphabet } from './corpus/dice.ts'
export { cleanFiles, cleanLogs, leftOut } from './corpus/clean.ts'
export { contextNames, contexts, type ContextName, type Planted } from './corpus/contexts.ts'
export { floods, type Flood } from './corpus/floods.ts'
export { mixed, type Corpus } from './corpus/mixed.ts'
export { example, exampleIds, type Example } from './corpus/secrets.ts'
export { sources, type Source, type SourceKind } from './corpus/sources.ts'
export { text, textKinds, type TextKind } from './corpus/texts.ts'
