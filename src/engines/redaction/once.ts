// What is made when it is first asked for: whoever never asks does not pay for it.

/** Makes a value when it is first asked for. */
export function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}
