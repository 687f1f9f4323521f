export { Approval, type AnswerMethod, type ApprovedObject } from './approval.ts'
export { type CardDraft } from './card.ts'
export {
  ConsentDesk,
  type Answer,
  type AskOptions,
  type DeskListener,
  type DeskOptions,
  type Outcome,
} from './desk.ts'
export { GrantStore, type GrantStoreOptions, type GrantWish } from './grants.ts'
