// A real Chromium for journeys, with passkeys of its own and the checks that every page must pass.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)

/** Why tests in a browser are skipped, or false. Where CI=true they fail instead. */
export const noBrowser: string | false =
  executablePath === undefined && process.env['CI'] !== 'true' ? 'there is no Chromium here' : false

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser with its profile in a folder of the test's. */
export function openProfile(folder: string, more: readonly string[] = []): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: executablePath ?? 'chromium',
    args: [...args, ...more],
    viewport: { width: 1180, height: 860 },
  })
}

/** The virtual authenticator of a page: it has a PIN, and somebody who knows it. */
export class Authenticator {
  readonly #session: CDPSession
  readonly #id: string

  private constructor(session: CDPSession, id: string) {
    this.#session = session
    this.#id = id
  }

  static async plugIn(page: Page): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options })
    return new Authenticator(session, authenticatorId)
  }

  /** Whether the person is found to be the right one. */
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.#session.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified })
  }

  /** Takes the keys of another one, as one authenticator that several pages ask. */
  async share(other: Authenticator): Promise<void> {
    const { credentials } = await other.#session.send('WebAuthn.getCredentials', {
      authenticatorId: other.#id,
    })
    await this.#session.send('WebAuthn.clearCredentials', { authenticatorId: this.#id })
    for (const credential of credentials) {
      await this.#session.send('WebAuthn.addCredential', { authenticatorId: this.#id, credential })
    }
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds in light and dark, and whether the page is wider than a phone. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = []
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const faults: string[] = await page.evaluate(
      'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`)))',
    )
    found.push(...faults.map((fault) => `${colorScheme}: ${fault}`))
  }
  const size = page.viewportSize()
  await page.setViewportSize({ width: 420, height: 900 })
  const wider = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  if (await page.evaluate(wider)) found.push('wider than a phone')
  if (size !== null) await page.setViewportSize(size)
  return found
}

/** Files of a profile that hold one of the texts, as bytes or as UTF-16, which browsers use on disk too. */
export function filesHolding(profile: string, texts: readonly string[]): string[] {
  const wanted = texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')])
  return readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((file) => wanted.some((bytes) => readFileSync(file).includes(bytes)))
}
