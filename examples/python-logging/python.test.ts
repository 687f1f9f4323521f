// Runs the Python handler with a real `keyreeve redact` behind it, where there is a Python.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const hasPython = spawnSync('python3', ['--version']).status === 0
const skip = hasPython ? false : 'python3 is not installed'
const command = join(import.meta.dirname, '..', '..', 'bin', 'keyreeve')
const token = `ghp_${'A1b2'.repeat(9)}`

/** Runs a script that has `log`, `redactor` and a stream `out`; gives what the inner handler wrote. */
function run(
  script: string,
  redactor = `Redactor([${JSON.stringify(command)}, "redact"], timeout=30)`,
): string {
  const program = `
import io, logging, os
from keyreeve_logging import Redactor, RedactingHandler, MARKER
out = io.StringIO()
redactor = ${redactor}
handler = RedactingHandler(logging.StreamHandler(out), redactor)
handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
log = logging.getLogger("test")
log.setLevel(logging.DEBUG)
log.propagate = False
log.addHandler(handler)
token = os.environ["TOKEN"]
${script}
handler.close()
print(out.getvalue(), end="")`
  const options = {
    encoding: 'utf8',
    cwd: import.meta.dirname,
    env: { ...process.env, TOKEN: token },
  } as const
  const { status, stdout, stderr } = spawnSync('python3', ['-B', '-c', program], options)
  assert.equal(status, 0, stderr)
  return stdout
}

test('RedactingHandler() redacts messages, arguments and tracebacks of several lines', { skip }, () => {
  const output = run(`
log.info("a %s b", token)
log.warning("password=%s", "hunter2")
try:
    raise ValueError("cannot use " + token)
except ValueError:
    log.exception("failed")
log.debug("nothing here")`)
  assert.ok(!output.includes(token) && !output.includes('hunter2'))
  const lines = output.trimEnd().split('\n')
  assert.match(lines[0] ?? '', /^INFO a \[github-token:[0-9a-f]{4}\] b$/)
  assert.equal(lines[1], 'WARNING password=[password]')
  assert.ok(lines.includes('Traceback (most recent call last):'))
  assert.equal(lines.at(-1), 'DEBUG nothing here')
})

test('RedactingHandler() writes a marker where the redactor is gone or silent, and goes on', { skip }, () => {
  const gone = run('log.info(token)', 'Redactor(["false"], timeout=5)')
  assert.equal(gone, '[unredacted: dropped]\n')
  const silent = run('log.info(token)', 'Redactor(["sleep", "60"], timeout=0.2)')
  assert.equal(silent, '[unredacted: dropped]\n')
  const back = run(`
redactor._child.kill()
log.info(token)
log.info("again " + token)`)
  assert.match(back, /^\[unredacted: dropped\]\nINFO again \[github-token/)
})
