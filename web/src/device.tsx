// This machine as a device of an organisation: with whom it is enrolled, how long its tokens last, and how to end it.
import { shown } from '#base'
import type { ReplyOf } from '#wire'
import { useSignal } from '@preact/signals'
import { forgetDevice, readDevice } from './api.ts'
import { announcement, changes } from './desk.ts'
import { useLoaded } from './loaded.ts'
import { Empty, Fact, Failure, Foreign, Heading, Loading, Moment, roughly } from './parts.tsx'
import { Refused } from './session.ts'
import { laterWords } from './words-later.ts'
import { words } from './words.ts'

type State = ReplyOf<'device.status'>
type Enrolled = NonNullable<State['device']>

const { device: said } = laterWords

export function Device() {
  const loaded = useLoaded(readDevice)
  return (
    <>
      <Heading title={words.pages.device} lead={said.lead} />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <Panels state={loaded.reply} />}
    </>
  )
}

function Panels({ state: { device, tokens } }: { state: State }) {
  if (device === null) return <NotEnrolled />
  return (
    <div class="panels">
      <Enrolment device={device} tokens={tokens} />
      <Tokens tokens={tokens} />
      <Forget />
    </div>
  )
}

function NotEnrolled() {
  return (
    <div class="panels">
      <Empty title={said.none}>{said.noneText}</Empty>
      <section class="panel">
        <h2>{said.enrol}</h2>
        <ol class="steps">
          <li>{said.askForIssuer}</li>
          <li>
            {said.inBrowser} <kbd>keyreeve device enroll --issuer URL</kbd>
          </li>
          <li>
            {said.byInvitation} <kbd>keyreeve device enroll --issuer URL --invited</kbd>
          </li>
        </ol>
        <p class="quiet">{said.keyStays}</p>
      </section>
    </div>
  )
}

function Enrolment({ device, tokens }: { device: Enrolled; tokens: State['tokens'] }) {
  const { id, issuer, scope, fingerprint, since, attestedUntil, server } = device
  return (
    <section class="panel">
      <h2>{said.enrolment}</h2>
      <dl>
        <Fact term={said.state}>
          <span class={`chip ${server === 'unreachable' ? 'sensitive' : 'good'}`}>
            {said.servers[server]}
          </span>{' '}
          {server === 'unreachable' && <span>{said.lasts(longest(tokens))}</span>}
        </Fact>
        <Fact term={said.issuer}>
          <Foreign text={issuer} />
        </Fact>
        <Fact term={said.id}>
          <code>
            <Foreign text={id} />
          </code>
        </Fact>
        <Fact term={said.fingerprint}>
          <code class="fingerprint">{inGroups(fingerprint ?? words.status.unknown)}</code>{' '}
          <span class="quiet">{said.fingerprintText}</span>
        </Fact>
        <Fact term={said.since}>{since === null ? words.status.unknown : <Moment at={since} />}</Fact>
        <Fact term={said.attested}>
          {attestedUntil === null ? words.status.unknown : <Moment at={attestedUntil} />}{' '}
          <span class="quiet">{said.renewed}</span>
        </Fact>
        <Fact term={said.scope}>
          <Foreign text={scope} />
        </Fact>
      </dl>
    </section>
  )
}

function Tokens({ tokens }: { tokens: State['tokens'] }) {
  return (
    <section class="panel">
      <h2>{said.tokens}</h2>
      {tokens.length === 0 && <p class="quiet">{said.noTokens}</p>}
      <ul class="items">
        {tokens.map(({ audience, scope, state, expiresIn }) => (
          <li key={`${scope} ${audience}`}>
            <span>
              <Foreign text={audience} /> <span class="quiet">{shown(scope, 160)}</span>
            </span>
            <span>
              <span class={`chip ${state === 'fresh' ? 'good' : 'sensitive'}`}>{said.states[state]}</span>{' '}
              {expiresIn > 0 && <span class="quiet">{said.left(roughly(expiresIn * 1000))}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Asks once more: a key that is deleted does not come back. */
function Forget() {
  const isAsked = useSignal(false)
  const refused = useSignal<Refused | null>(null)
  const forget = async (): Promise<void> => {
    try {
      await forgetDevice()
      announcement.value = said.forgotten
      changes.value++
    } catch (thrown) {
      if (thrown instanceof Refused) refused.value = thrown
    }
  }
  return (
    <section class="panel forget">
      <h2>{said.forget}</h2>
      <p>{said.forgetText}</p>
      {refused.value !== null && <Failure refused={refused.value} />}
      {isAsked.value ? (
        <p class="buttons">
          <button ref={focus} onClick={() => (isAsked.value = false)}>
            {said.keep}
          </button>
          <button onClick={() => void forget()}>{said.forgetNow}</button>
        </p>
      ) : (
        <p class="buttons">
          <button onClick={() => (isAsked.value = true)}>{said.forget}</button>
        </p>
      )}
    </section>
  )
}

/** Where the button stood that was pressed, the harmless one has the focus. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}

function longest(tokens: State['tokens']): string | null {
  const left = Math.max(0, ...tokens.map(({ expiresIn }) => expiresIn))
  return left === 0 ? null : roughly(left * 1000)
}

/** Groups of four, to be read out. */
function inGroups(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
