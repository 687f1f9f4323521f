export { providers, providerOf, type Provider } from './providers.ts'
export { makePhantom } from './phantom.ts'
export { checkedBase, checkedPath, isAllowed, type Rule } from './paths.ts'
