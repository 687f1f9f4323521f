export {
  tokenSource,
  type Mint,
  type MintAnswer,
  type TokenSource,
  type TokenSourceOptions,
  type TokenState,
} from './token-source.ts'
export { deviceMint, type Device, type DeviceMint, type Wanted } from './device-mint.ts'
export { posterTo, type Answer, type Post } from './post.ts'
export {
  enrolByCode,
  enrolByInvitation,
  enrolInBrowser,
  type Enrolling,
  type Enrolment,
  type EnrolmentOptions,
} from './enrolment.ts'
export { issuerKeys, readIssuer, type Issuer } from './issuer.ts'
export type { Renewed } from './renewing.ts'
