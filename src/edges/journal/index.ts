export { DurableIntent } from './intent.ts'
export type {
  Asker,
  ClockRollbackEvent,
  Consent,
  ConsentEvent,
  Deed,
  DenialEvent,
  Entry,
  EventObject,
  FleetEvent,
  GrantEvent,
  HeartbeatEvent,
  IntentEvent,
  IssuedEvent,
  JournalEvent,
  LifecycleEvent,
  OutcomeEvent,
  PasskeyEvent,
  RecoveryEvent,
  RefusalEvent,
  RevocationEvent,
  PolicyEvent,
  SecretEvent,
} from './events.ts'
export { Log } from './log.ts'
export { openLog, type LogKeys, type OpenOptions } from './open.ts'
