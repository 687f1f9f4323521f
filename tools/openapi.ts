// Writes what the token server's administration takes and gives to docs/api/. With --check it says whether that is still true.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describeAdmin } from '../src/programs/server/admin-openapi.ts'
import { adminTable } from '../src/programs/server/administration.ts'

const page = 'docs/api/admin-openapi.json'
const text = `${JSON.stringify(describeAdmin(adminTable), null, 2)}\n`
const isTrue = existsSync(page) && readFileSync(page, 'utf8') === text

if (!process.argv.includes('--check')) writeFileSync(page, text)
else if (!isTrue) {
  console.error(`${page} is out of date: run "npm run api" and commit it`)
  process.exitCode = 1
}
