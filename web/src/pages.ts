// The pages for looking around: a file of its own, which is loaded when the first of them is opened.
export { Assistants } from './assistants.tsx'
export { Device } from './device.tsx'
export { Log } from './log.tsx'
export { Policy } from './policy.tsx'
export { Review } from './review.tsx'
export { Routes } from './routes.tsx'
export { Secrets } from './secrets.tsx'
