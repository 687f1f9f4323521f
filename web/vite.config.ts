// Builds the console: files with fixed names, nothing inlined; the redaction engine alone is loaded later, by the lab.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const base = fileURLToPath(new URL('../src/base/', import.meta.url))
const redaction = fileURLToPath(new URL('../src/engines/redaction/', import.meta.url))

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  resolve: { alias: { '#base': `${base}index.ts`, '#redaction': `${redaction}index.ts` } },
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
      treeshake: { moduleSideEffects: (id) => !id.startsWith(base) && !id.startsWith(redaction) },
      output: { entryFileNames: 'app.js', chunkFileNames: '[name].js', assetFileNames: 'app[extname]' },
    },
  },
})
