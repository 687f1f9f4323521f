// Where a known secret may stand: windows of the text are looked up in a bitmap, one of each `stride` bytes.
// AssemblyScript; tools/wasm.ts compiles it.

/** Writes to `out` the positions of the windows whose bit is set; gives their number. */
export function probe(from: usize, to: usize, stride: usize, out: usize): usize {
  let end = out
  for (let at = from; at < to; at += stride) {
    const hash = <u32>((load<u64>(at) * load<u64>(0) + load<u64>(at, 4) * load<u64>(8)) >> 32)
    if ((load<u8>(64 + (hash >> 3)) >> <u8>(hash & 7)) & 1) {
      store<u32>(end, <u32>at)
      end += 4
    }
  }
  return (end - out) >> 2
}
