// The page that a link from the terminal leads to: a passkey is made, or one is removed.
import type { ReplyOf } from '#wire'
import { useSignal } from '@preact/signals'
import { confirmChange, readTask, registerPasskey } from './api.ts'
import { useLoaded } from './loaded.ts'
import { askPasskey, makePasskey } from './passkey.ts'
import { Brand, Failure, Foreign, Loading } from './parts.tsx'
import { Refused } from './session.ts'
import { words } from './words.ts'

type Task = ReplyOf<'passkey.task'>
type Challenge = ReplyOf<'passkey.challenge'>

export function PasskeyChange({ ticket, read }: { ticket: string; read: () => ReturnType<typeof readTask> }) {
  const loaded = useLoaded(read)
  return (
    <main class="alone">
      <Brand />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <Steps ticket={ticket} task={loaded.reply} />}
    </main>
  )
}

/** One button at a time: to make the passkey, then, where others are enrolled, to let one of them vouch. */
function Steps({ ticket, task }: { ticket: string; task: Task }) {
  const { challenge, enrolled, what } = task
  const toConfirm = useSignal<Challenge | null>(what === 'add' ? null : { challenge, credentials: enrolled })
  const isDone = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refused | null>(null)
  const step = async (): Promise<void> => {
    if (toConfirm.value === null) {
      const { confirm } = await registerPasskey(ticket, await makePasskey(task))
      toConfirm.value = confirm
      isDone.value = confirm === null
    } else {
      await confirmChange(ticket, await askPasskey(toConfirm.value))
      isDone.value = true
    }
  }
  const press = async (): Promise<void> => {
    isBusy.value = true
    refused.value = await step().then(() => null, refusalOf)
    isBusy.value = false
  }
  if (isDone.value) return <Done what={what} />
  const { title, text, button } = words.passkey.steps[toConfirm.value === null ? 'make' : what]
  return (
    <>
      <h1>{title}</h1>
      <p>
        <Foreign text={task.label} limit={128} />
      </p>
      <p>{text}</p>
      {refused.value !== null && <Failure refused={refused.value} />}
      <button class="allow" disabled={isBusy.value} onClick={() => void press()}>
        {button}
      </button>
    </>
  )
}

function Done({ what }: Pick<Task, 'what'>) {
  return (
    <div role="status">
      <h1>{words.passkey.done[what]}</h1>
      <p>{words.passkey.doneText}</p>
    </div>
  )
}

function refusalOf(thrown: unknown): Refused {
  if (thrown instanceof Refused) return thrown
  return new Refused(0, 'connection-closed', { message: words.lostTitle, next: words.passkey.again })
}
