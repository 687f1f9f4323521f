// One half of the unit tests. The name puts it first: nothing else takes as long.
import { runUnits } from './units.ts'

await runUnits(0)
