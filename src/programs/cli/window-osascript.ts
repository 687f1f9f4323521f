// A window by osascript, of macOS. Unproved: written from its documentation, never run by our tests.
import type { WindowCommand, WindowText } from './window.ts'

const allow = 'Allow once'
/** A dialog grows with its text, and has no scroll bar. */
const longest = 3000

/** @see AppleScript Language Guide, `display dialog` */
export function osascript({ text, seconds, canAllow }: WindowText): WindowCommand {
  const buttons = canAllow ? `{"${allow}", "Deny"}` : '{"Deny"}'
  const isWhole = text.length <= longest
  const shownText = isWhole ? text : `${text.slice(0, longest).toWellFormed()}\n… the rest is in the console`
  const script =
    `display dialog ${quoted(shownText)} with title "Keyreeve" buttons ${buttons} ` +
    `default button "Deny" cancel button "Deny" giving up after ${seconds}`
  return {
    command: 'osascript',
    arguments: ['-'],
    input: script,
    answer: (stdout, exit) =>
      exit === 0 && stdout.startsWith(`button returned:${allow},`) && stdout.includes('gave up:false')
        ? 'allow'
        : 'deny',
  }
}

/** A string literal of AppleScript: a backslash and a quote are all that must be escaped. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
