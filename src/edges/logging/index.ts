export { hardenProcess, type CrashingProcess, type Leak } from './harden.ts'
