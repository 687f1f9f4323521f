export { verifyLog, type Verification, type VerifyOptions } from './verify.ts'
export type { Problem, ProblemCode } from './problems.ts'
export { openProof, proveEvent } from './proof.ts'
export { isConsistent, type ConsistencyClaim } from './paths.ts'
