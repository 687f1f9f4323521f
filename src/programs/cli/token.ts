// keyreeve token print: a fresh token for tools that take one from a command.
import { Fault, type ExitCode } from '#base'
import { withBroker } from './connection.ts'
import type { Call } from './machine.ts'

/** How other tools want it. */
const forms = {
  /** An `apiKeyHelper`: the token alone. */
  plain: (token: string) => token,
  /** A helper that gives headers of a request as JSON. */
  headers: (token: string) => JSON.stringify({ Authorization: `Bearer ${token}` }),
  /** A git credential helper. @see gitcredentials(7) */
  git: (token: string) => `username=keyreeve\npassword=${token}`,
}

/**
 * Prints a token of minutes. It is meant for a pipe; the settings name the audiences that it may be for.
 * @throws Fault `usage`; `audience-refused`, `device-unknown`, `device-revoked`, `issuer-unreachable`
 */
export async function print({ machine, terminal, options }: Call): Promise<ExitCode> {
  const { audience, scope, as = 'plain' } = options
  if (typeof audience !== 'string' || typeof scope !== 'string') {
    throw new Fault('usage', 'give --audience URL and --scope SCOPES')
  }
  if (typeof as !== 'string' || !isForm(as)) throw new Fault('usage', 'give --as plain, headers or git')
  const wanted = { audience, scope: scope.split(/[ ,]+/).filter((one) => one !== '') }
  const { token, expiresIn } = await withBroker(machine, (broker) => broker.ask('token.get', wanted))
  terminal.data({ token, expiresIn }, [forms[as](token)])
  return 0
}

function isForm(text: string): text is keyof typeof forms {
  return Object.hasOwn(forms, text)
}
