export {
  checkAssertion,
  checkRegistration,
  relyingParty,
  type Assertion,
  type Checked,
  type Expected,
  type Flaw,
  type PinnedKey,
  type Registration,
} from './assertion.ts'
export { algorithms, fingerprintOf, type Algorithm } from './public-key.ts'
export { challengeOf, makeReceipt, type ChangeRequest, type ConsentRequest, type Receipt } from './receipt.ts'
