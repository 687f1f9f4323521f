// Builds the console: three files with fixed names, nothing inlined, nothing loaded later.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const base = fileURLToPath(new URL('../src/base/', import.meta.url))

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  resolve: { alias: { '#base': `${base}index.ts` } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // The page takes two functions of base; the table of faults stays behind.
      treeshake: { moduleSideEffects: (id) => !id.startsWith(base) },
      output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]' },
    },
  },
})
