// Pages for people: plain HTML without script. What is put into one is escaped, unless it is markup of ours.
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** Markup that was made here. Nothing else stands in a page as it is. */
export class Markup {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** A template whose values are escaped. */
  static of(parts: TemplateStringsArray, values: readonly Piece[]): Markup {
    return new Markup(String.raw({ raw: parts }, ...values.map(textOf)))
  }

  toString(): string {
    return this.#text
  }
}

type Piece = string | number | Markup | readonly Markup[]

/** Markup by a template; texts may be attacker-controlled. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return Markup.of(parts, values)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function textOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.toString()
  if (typeof piece === 'object') return piece.map(String).join('')
  return String(piece).replace(/[&<>"']/g, (found) => entities[found] ?? '')
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#c3c8ce, #474d55); --quiet: light-dark(#4a525c, #b3bac3);
  --ink: light-dark(#14181d, #eceff3); --ground: light-dark(#fff, #15181c); --act: light-dark(#0b57a4, #9ccaff);
  --on-act: light-dark(#fff, #06223f) }
* { box-sizing: border-box }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem }
.mark { color: var(--quiet); margin: 0 0 1.5rem }
dl { border-top: 1px solid var(--line); margin: 1.25rem 0 }
dl div { border-bottom: 1px solid var(--line); padding: .6rem 0 }
dt { color: var(--quiet); font-size: .9375rem }
dd { margin: 0; overflow-wrap: anywhere; font-weight: 600 }
dd ul { margin: 0; padding-left: 1.1rem; font-weight: 400 }
.note { border-left: .25rem solid var(--line); padding-left: .75rem; color: var(--quiet) }
label { display: block; margin-bottom: .35rem }
input[type=text] { font: 1.5rem/1.3 ui-monospace, monospace; letter-spacing: .08em; text-transform: uppercase;
  width: 100%; padding: .6rem .75rem; border: 1px solid var(--quiet); border-radius: .4rem; background: transparent;
  color: inherit }
.acts { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
button, .act { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .55rem 1.25rem; border-radius: .4rem;
  border: 1px solid var(--act); color: var(--act); background: transparent; cursor: pointer; text-decoration: none;
  flex: 1 1 9rem; text-align: center }
.first { background: var(--act); color: var(--on-act) }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
code { font: 1.25rem ui-monospace, monospace; letter-spacing: .08em }
`
const styleHash = createHash('sha256').update(style).digest('base64')

/** What every page is sent with: no script, no frame, nothing from elsewhere, forms only to ourselves. */
export const pageHeaders = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

/** What a page shows. */
export interface Page {
  readonly title: string
  readonly body: Markup
  /** Where the browser goes by itself. A redirect would not do after a form: the policy of forms would hold it. */
  readonly onward?: string
}

/** The whole document. */
export function documentOf({ title, body, onward }: Page): string {
  const refresh = onward === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${onward}" />`
  const head = html`<meta charset="utf-8" /><meta
      name="viewport"
      content="width=device-width, initial-scale=1"
    />
    ${refresh}<title>${title} – Keyreeve</title>`
  const main = html`<main>
    <p class="mark">Keyreeve</p>
    <h1>${title}</h1>
    ${body}
  </main>`
  // The style is hashed: nothing may come into it, not even a space.
  return `<!doctype html><html lang="en"><head>${head.toString()}<style>${style}</style></head><body>${main.toString()}</body></html>`
}

/** Sends a page. */
export function sendPage(response: ServerResponse, status: number, page: Page): void {
  const body = documentOf(page)
  response.writeHead(status, {
    ...pageHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
