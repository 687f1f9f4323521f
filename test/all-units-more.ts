// The other half of the unit tests.
import { runUnits } from './units.ts'

await runUnits(1)
