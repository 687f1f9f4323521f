export { publicJwkOf, publicKeyOf, readPublicJwk, thumbprint, type PublicJwk } from './jwk.ts'
export { PublishedKeys, readKeySet, type PublishedKeysOptions } from './key-set.ts'
export {
  decodeCompact,
  longestCompact,
  signCompact,
  signerOf,
  verifyCompact,
  type Decoded,
  type Header,
  type Limits,
  type Sign,
} from './jws.ts'
export {
  checkDpopProof,
  dpopProof,
  proofWindow,
  type Proof,
  type ProofExpected,
  type ProofRequest,
} from './dpop.ts'
export { narrowScope, parseScope } from './scope.ts'
export {
  checkAccessToken,
  clockSkew,
  deviceClient,
  longestLife,
  signAccessToken,
  type AccessToken,
  type AccessTokenClaims,
  type AuthorizationDetail,
  type TokenExpected,
} from './access-token.ts'
export {
  attestationTerm,
  checkAttestation,
  signAttestation,
  type Attestation,
  type Attested,
} from './attestation.ts'
export { checkRevocationStatement, signRevocationStatement, type RevocationStatement } from './statement.ts'
export {
  checkFeedEvent,
  feedKeyOf,
  readDeny,
  signFeedEvent,
  type Denial,
  type Deny,
  type FeedEvent,
  type HeardFeedEvent,
} from './feed-event.ts'
export { denialLife, Denials, type Deniable } from './denials.ts'
export { timeOrderedId } from './jti.ts'
export { joinCount, nextJoinState, type JoinKey } from './join-state.ts'
export {
  readOfflineAnswer,
  readOfflineRequest,
  signerDigits,
  signOfflineAnswer,
  signOfflineRequest,
  voiceDigits,
  type AnswerExpected,
  type OfflineAnswer,
  type OfflineRequest,
  type ProvedRequest,
} from './offline.ts'
