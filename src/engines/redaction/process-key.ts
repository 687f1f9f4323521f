// The key of pseudonyms where the caller has none. The one file of an engine that asks the platform for randomness itself:
// `redact(text)` must work as it stands, in a browser and in Node.
let key: Uint8Array | undefined

/** Random, made at the first need, the same for the life of the process or page. */
export function defaultKey(): Uint8Array {
  key ??= crypto.getRandomValues(new Uint8Array(32))
  return key
}
