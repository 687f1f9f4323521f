// A window by zenity, of GNOME: plain text, no markup; Deny is what Enter, Escape, closing and time bring.
import type { WindowCommand, WindowText } from './window.ts'

const allow = 'Allow once'

/** @see zenity(1). Its OK button is our Deny, so that a stray Enter denies; Allow is an extra button that prints its name. */
export function zenity({ text, seconds, canAllow }: WindowText): WindowCommand {
  return {
    command: 'zenity',
    arguments: [
      '--text-info',
      '--title=Keyreeve',
      '--width=760',
      '--height=560',
      '--font=monospace 10',
      '--ok-label=Deny',
      '--cancel-label=Deny',
      `--timeout=${seconds}`,
      ...(canAllow ? [`--extra-button=${allow}`] : []),
    ],
    input: text,
    answer: (stdout) => (stdout.trim() === allow ? 'allow' : 'deny'),
  }
}
