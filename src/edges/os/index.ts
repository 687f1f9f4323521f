export { peerOf, type Peer } from './peer.ts'
export { ancestryOf, launcherOf, processOf, type ProcessInfo } from './processes.ts'
export { denyDump } from './dump.ts'
export { openat2 } from './openat2.ts'
