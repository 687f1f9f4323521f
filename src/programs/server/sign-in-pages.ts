// What a person sees on the way to an enrolled device.
import { shown } from '#base'
import { html, type Markup, type Page } from './pages.ts'

/** What somebody is asked to agree to. Names come from strangers. */
export interface Consent {
  /** Where the form goes. */
  readonly action: string
  /** Proves that this page was what was answered. */
  readonly check: string
  readonly device: string
  readonly user: string
  readonly tenant: string
  readonly scopes: readonly string[]
  /** An administrator has the last word. */
  readonly approval: boolean
  /** The device is elsewhere: somebody typed its code here. */
  readonly isElsewhere: boolean
}

/** Asks whether a device may act for a person. */
export function consentPage(consent: Consent): Page {
  const { action, check, device, user, tenant, scopes, approval, isElsewhere } = consent
  const body = html` <p>
      If you allow it, this device can ask for short-lived tokens in your name, until you or an administrator
      end it.
    </p>
    <dl>
      <div>
        <dt>Device, as it calls itself</dt>
        <dd>${nameOf(device)}</dd>
      </div>
      <div>
        <dt>Signed in as</dt>
        <dd>${shown(user, 128)}</dd>
      </div>
      <div>
        <dt>Organisation</dt>
        <dd>${shown(tenant, 64)}</dd>
      </div>
      <div>
        <dt>It may ask for</dt>
        <dd>
          <ul>
            ${scopes.map((scope) => html`<li>${shown(scope, 64)}</li>`)}
          </ul>
        </dd>
      </div>
    </dl>
    ${approval ? html`<p class="note">An administrator must approve the device before it gets anything.</p>` : ''}
    <p class="note">${warning(isElsewhere)}</p>
    <form method="post" action="${action}">
      <input type="hidden" name="check" value="${check}" />
      <div class="acts">
        <button type="submit" name="answer" value="deny">Deny</button>
        <button type="submit" name="answer" value="allow" class="first">Allow</button>
      </div>
    </form>`
  return { title: 'Allow this device?', body }
}

function warning(isElsewhere: boolean): string {
  return isElsewhere
    ? 'Allow it only if you started this yourself, on a device that is before you. Nobody from support will ever send you a code.'
    : 'Allow it only if you started this yourself on this computer, just now.'
}

/** Sends a person on, with a link for browsers that do not go by themselves. */
export function onwardPage(title: string, onward: string, text: string): Page {
  return {
    title,
    onward,
    body: html`<p>${text}</p>
      <div class="acts"><a class="act first" href="${onward}">Go on</a></div>`,
  }
}

/** Says something, and where to go from here. */
export function wordPage(
  title: string,
  text: string,
  link?: { readonly to: string; readonly label: string },
): Page {
  const further =
    link === undefined ? '' : html`<div class="acts"><a class="act" href="${link.to}">${link.label}</a></div>`
  return {
    title,
    body: html`<p>${text}</p>
      ${further}`,
  }
}

/** A form of the device flow. */
interface CodeForm {
  readonly action: string
  readonly check: string
}

/** Asks for the code that stands on a device. @param flaw What was wrong with the last one. */
export function codePage({ action, check }: CodeForm, code: string, flaw?: string): Page {
  const body = html` ${flaw === undefined ? '' : html`<p role="alert"><strong>${flaw}</strong></p>`}
    <form method="post" action="${action}">
      <input type="hidden" name="xsrf" value="${check}" />
      <label for="code">The code that stands on your device</label>
      <input
        type="text"
        id="code"
        name="user_code"
        value="${code.slice(0, 16)}"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        maxlength="16"
        required
      />
      <div class="acts"><button type="submit" class="first">Go on</button></div>
    </form>
    <p class="note">${warning(true)}</p>`
  return { title: 'Connect a device', body }
}

/** Shows the code once more beside the device's name. */
export function codeConfirmPage({ action, check }: CodeForm, code: string, device: string): Page {
  const hidden: readonly Markup[] = [
    html`<input type="hidden" name="xsrf" value="${check}" />`,
    html`<input type="hidden" name="user_code" value="${code}" />`,
  ]
  const body = html` <dl>
      <div>
        <dt>Code</dt>
        <dd><code>${code}</code></dd>
      </div>
      <div>
        <dt>Device, as it calls itself</dt>
        <dd>${nameOf(device)}</dd>
      </div>
    </dl>
    <p class="note">${warning(true)}</p>
    <form method="post" action="${action}">
      ${hidden}
      <div class="acts">
        <button type="submit" name="abort" value="yes">It is not mine</button>
        <button type="submit" name="confirm" value="yes" class="first">It stands on my device</button>
      </div>
    </form>`
  return { title: 'Is this your device?', body }
}

function nameOf(device: string): string {
  return device === '' ? 'it gave no name' : shown(device, 128)
}
