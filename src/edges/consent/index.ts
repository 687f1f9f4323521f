export { Approval, type AnswerMethod, type ApprovedObject } from './approval.ts'
export { programOf, type CardDraft } from './card.ts'
export {
  ConsentDesk,
  type Answer,
  type AskOptions,
  type DeskListener,
  type DeskOptions,
  type Ending,
  type Outcome,
} from './desk.ts'
export { GrantStore, type GrantStoreOptions, type GrantWish } from './grants.ts'
export { type Remembered } from './memory.ts'
export { Confirmation } from './confirmation.ts'
export { Enrolment, type EnrolmentOptions, type PasskeyChange, type Word } from './enrolment.ts'
export { Passkeys, type Challenge, type PasskeysOptions } from './passkeys.ts'
