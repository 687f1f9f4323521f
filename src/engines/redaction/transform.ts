// The platform's form of what takes bytes piece by piece.

/** What gives of each piece what is settled, and at the end the rest. */
export interface Steps {
  push(chunk: Uint8Array): readonly Uint8Array[]
  finish(): readonly Uint8Array[]
}

export function transformOf(steps: Steps): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (const part of steps.push(chunk)) controller.enqueue(part)
    },
    flush(controller) {
      for (const part of steps.finish()) controller.enqueue(part)
    },
  })
}
