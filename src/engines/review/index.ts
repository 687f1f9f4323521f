export { review, type Review, type ReviewInput } from './review.ts'
export { entriesSince, type IndexedEvent, type Page } from './collect.ts'
export { type Suggestion } from './suggest.ts'
export { type LoggedEvent } from './history.ts'
