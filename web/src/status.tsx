// How Keyreeve is: what protects the vault, how long the log is, which programs run.
import { listPasskeys, readStatus, type State } from './api.ts'
import { useLoaded } from './loaded.ts'
import { Fact, Failure, Foreign, Heading, Loading, Moment, Path } from './parts.tsx'
import { words } from './words.ts'

export function Status() {
  const loaded = useLoaded(readStatus)
  return (
    <>
      <Heading
        title={words.pages.status}
        {...(loaded.state === 'there' && { lead: words.status.lead(loaded.reply.version) })}
      />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <Panels state={loaded.reply} />}
    </>
  )
}

function Panels({ state }: { state: State }) {
  return (
    <div class="panels">
      <Vault state={state} />
      <Passkeys />
      <Journal journal={state.journal} />
      <Programs state={state} />
      <Assistants assistants={state.assistants} />
      <Installation state={state} />
    </div>
  )
}

function Vault({ state: { phase, keystore, vault } }: { state: State }) {
  const assurance = keystore.assurance ?? vault.assurance
  return (
    <section class="panel">
      <h2>{words.status.vault}</h2>
      <dl>
        <Fact term={words.status.state}>
          <span class={`chip ${phase === 'ready' ? 'good' : 'bad'}`}>
            {phase === 'ready' ? words.status.open : words.status.shut}
          </span>
        </Fact>
        <Fact term={words.status.keyIn}>
          <Foreign text={keystore.kind} /> <span class="quiet">{keystore.place}</span>
        </Fact>
        <Fact term={words.status.protection}>
          {assurance === null ? (
            words.status.unknown
          ) : (
            <>
              <span class={`chip ${assurance === 'file' ? 'bad' : 'good'}`}>
                {words.status.levels[assurance]}
              </span>{' '}
              {words.status.assurance[assurance]}
            </>
          )}
        </Fact>
        <Fact term={words.status.secrets}>{vault.secrets ?? words.status.unknown}</Fact>
        <Fact term={words.status.slots}>{vault.slots.length}</Fact>
      </dl>
    </section>
  )
}

function Passkeys() {
  const loaded = useLoaded(listPasskeys)
  if (loaded.state !== 'there') return null
  const { passkeys } = loaded.reply
  return (
    <section class="panel">
      <h2>{words.passkey.title}</h2>
      {passkeys.length === 0 && (
        <p class="quiet">
          {words.passkey.none} <kbd>keyreeve passkey add</kbd>
        </p>
      )}
      <ul class="items">
        {passkeys.map(({ fingerprint, label, lastUsedAt, isBackedUp }) => (
          <li key={fingerprint}>
            <Foreign text={label} limit={48} /> <code>{fingerprint.slice(0, 16)}</code>
            <span class="quiet">
              {isBackedUp && words.passkey.synced}{' '}
              {lastUsedAt !== null && (
                <>
                  {words.passkey.used} <Moment at={lastUsedAt} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Journal({ journal }: { journal: State['journal'] }) {
  return (
    <section class="panel">
      <h2>{words.status.journal}</h2>
      {journal === null ? (
        <p>{words.status.notOpen}</p>
      ) : (
        <dl>
          <Fact term={words.status.entries}>{journal.size.toLocaleString('en')}</Fact>
          <Fact term={words.status.root}>
            <code>{journal.root}</code>
          </Fact>
          <Fact term={words.status.origin}>
            <Foreign text={journal.origin} />
          </Fact>
        </dl>
      )}
    </section>
  )
}

function Programs({ state: { pid, programs } }: { state: State }) {
  return (
    <section class="panel">
      <h2>{words.status.programs}</h2>
      <dl>
        <Fact term="broker">{words.card.pid(pid)}</Fact>
        {programs.map(({ name, pid }) => (
          <Fact term={name} key={pid}>
            {words.card.pid(pid)}
          </Fact>
        ))}
      </dl>
    </section>
  )
}

function Assistants({ assistants }: { assistants: State['assistants'] }) {
  return (
    <section class="panel">
      <h2>{words.status.assistants}</h2>
      {assistants.length === 0 && <p class="quiet">{words.status.noAssistants}</p>}
      <ul class="items">
        {assistants.map(({ assistant, proved }) => (
          <li key={proved.pid}>
            <Foreign text={assistant} limit={48} />
            <Path path={(proved.launcher ?? proved).executable} />
            <span class="quiet">{words.card.pid((proved.launcher ?? proved).pid)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Installation({ state: { home, startedAt, console: own } }: { state: State }) {
  return (
    <section class="panel">
      <h2>{words.status.place}</h2>
      <dl>
        <Fact term={words.status.home}>
          <Path path={home} />
        </Fact>
        <Fact term={words.status.started}>
          <Moment at={startedAt} />
        </Fact>
        {own !== null && <Fact term={words.status.port}>{own.port}</Fact>}
      </dl>
    </section>
  )
}
