export { FeedHub, type HubOptions, type Joining, type Sequenced } from './hub.ts'
export {
  FeedSubscriber,
  type FeedState,
  type FeedStatus,
  type SilencePolicy,
  type SubscriberOptions,
  type Verdict,
} from './subscriber.ts'
export { httpSource, type FeedSource, type HttpPlace, type Listening } from './source.ts'
export { jwksAt } from './published-keys.ts'
export { natsSource, openNats, type NatsFeed, type NatsPlace } from './nats.ts'
export { OpenStreams, type Bearer } from './streams.ts'
