export { asFault, errorCode, Fault, faultCodes, isFaultCode, type FaultCode } from './fault.ts'
export type { ExitCode } from './faults.ts'
export { Secret } from './secret.ts'
export { canonicalJson, type Json } from './canonical.ts'
export {
  machineClock,
  ManualClock,
  type Clock,
  type MachineTime,
  type Milliseconds,
  type Random,
} from './time.ts'
export { base64url, concat, fromBase64url, hex, latin1, utf8 } from './bytes.ts'
export { shown, shownBlock } from './shown.ts'
export { assertNever } from './never.ts'
export { estimatedBits, guessableBelow } from './guessing.ts'
