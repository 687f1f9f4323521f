export { destination } from './shapes.ts'
export { textHash } from './text-hash.ts'
export { clientRoles, wireVersion, type Phase, type Role } from './roles.ts'
export {
  isMessageName,
  messages,
  type Assurance,
  type Caller,
  type Card,
  type CardItem,
  type Check,
  type Denied,
  type Edited,
  type FoundNames,
  type GatewayCall,
  type Destination,
  type Enrolled,
  type Grant,
  type Identity,
  type KeySlotInfo,
  type LineRange,
  type Listing,
  type LogEntry,
  type MessageName,
  type Passkey,
  type Pending,
  type ReadMode,
  type Released,
  type ReplyOf,
  type RequestOf,
  type Route,
  type Scope,
  type SecretInfo,
  type Tier,
  type UsageRow,
} from './messages.ts'
export { encodeFrame, FrameReader } from './frames.ts'
export { Channel, type CallContext, type ChannelOptions, type Handlers } from './channel.ts'
export { SealingKey, sealTo } from './sealed.ts'
export { placesOf, socketOf, type Places, type Surroundings } from './places.ts'
