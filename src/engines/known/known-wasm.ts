// WebAssembly in base64, made by tools/wasm.ts from tools/wasm/known.ts of SHA-256
// 0aee0c9a8d0a794bb533884b71a8c77e9ea47f1e4fdc6c8ce3980da20ff019db

/** asc -O3 --noAssert --runtime stub --initialMemory 1 --memoryBase 0 */
export const plain =
  'AGFzbQEAAAABCQFgBH9/f38BfwMCAQAFAwEAAQcSAgVwcm9iZQAABm1lbW9yeQIACmYBZAECfyADIQQDQCAAIAFJBEAgACkDAEEAKQMAfiAAKQMEQQgpAwB+fEIgiKciBUEDdkFAay0AACAFQQdxdUEBcQRAIAQgADYCACAEQQRqIQQLIAAgAmohAAwBCwsgBCADa0ECdgs='
