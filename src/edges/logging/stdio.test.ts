// What a real child process prints, redacted.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { assertClean, failing, token } from './fixture.test.ts'
import { redactor } from './stdio.ts'

function child(script: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'], env: { TOKEN: token } })
}

test('redactor() redacts both outputs of a child, also what it writes in pieces', async () => {
  const script = `
    process.stdout.write('out ' + process.env.TOKEN.slice(0, 9))
    setTimeout(() => process.stdout.write(process.env.TOKEN.slice(9) + ' end\\n'), 50)
    console.error('err', process.env.TOKEN)`
  const outputs = { stdout: new PassThrough(), stderr: new PassThrough() }
  const [out, err] = [text(outputs.stdout), text(outputs.stderr)]
  await redactor(child(script)).pipe(outputs)
  outputs.stdout.end()
  outputs.stderr.end()
  assertClean((await out) + (await err))
  assert.match(await out, /^out \[github-token:[0-9a-f]{4}\] end\n$/)
  assert.match(await err, /^err \[github-token/)
})

test('redactor() gives null for a pipe that the child does not have', async () => {
  const silent = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  const { stdout, stderr, pipe } = redactor(silent)
  assert.deepEqual([stdout, stderr], [null, null])
  await pipe({ stdout: new PassThrough(), stderr: new PassThrough() })
})

test('redactor() drops the line that it fails at, and reads on behind it', async () => {
  let calls = 0
  const once = {
    find(bytes: Uint8Array, from: number, isFinal: boolean) {
      if (calls++ === 1) return failing.find(bytes, from, isFinal)
      return { found: [], until: isFinal ? Infinity : Math.max(from, bytes.length - 64) }
    },
  }
  const stdout = new PassThrough()
  const redacted = redactor({ stdout, stderr: null }, { known: once })
  const output = text(redacted.stdout ?? assert.fail())
  stdout.write('first line\n')
  stdout.write(`second ${token} `)
  stdout.write('rest of it\nthird line\n')
  stdout.end()
  assert.match(await output, /\[unredacted: dropped\]\n(?:.*\n)*third line\n$/)
  assertClean(await output)
})
