// The policies: seen, written, checked, tried on the past, and only then saved.
import { shown } from '#base'
import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { announcement, changes } from './desk.ts'
import { useLoaded } from './loaded.ts'
import { Failure, Foreign, Heading, Loading } from './parts.tsx'
import {
  checkPolicy,
  readPolicy,
  savePolicy,
  tryPolicy,
  type Draft,
  type PolicyFolder,
  type Problem,
  type Trial,
} from './policy-api.ts'
import { drafts, dropDraft, freshName, isDraft, keepDraft, takeSuggestion } from './policy-drafts.ts'
import { Editor, type Spot } from './policy-editor.tsx'
import { TrialResult } from './policy-trial.tsx'
import { Refused } from './session.ts'
import { laterWords } from './words-later.ts'
import { words } from './words.ts'

const { policy: said } = laterWords
/** Typing rests for so long before the text is checked, in ms. */
const pause = 300

export function Policy() {
  const loaded = useLoaded(readPolicy)
  return (
    <div class="policy">
      <Heading title={words.pages.policy} lead={said.lead} />
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'refused' && <Failure refused={loaded.refused} />}
      {loaded.state === 'there' && <Folder folder={loaded.reply} />}
    </div>
  )
}

function Folder({ folder }: { folder: PolicyFolder }) {
  const names = namesOf(folder)
  const chosen = useSignal(names[0] ?? freshName(folder))
  const spot = useSignal<Spot | null>(null)
  const builtIn = folder.builtIn.find(({ name }) => name === chosen.value)
  useEffect(() => {
    const from = takeSuggestion(folder, chosen.value, textOf(folder, chosen.value))
    if (from !== null) spot.value = { from, to: textOf(folder, chosen.value).length }
  }, [])
  return (
    <>
      {folder.problem !== null && (
        <div class="failure" role="alert">
          {said.notInForce(shown(folder.problem, 400))}
        </div>
      )}
      <Files folder={folder} chosen={chosen} names={names} />
      {builtIn === undefined ? (
        <Own folder={folder} file={chosen.value} spot={spot} key={chosen.value} />
      ) : (
        <>
          <Editor label={said.text(chosen.value)} text={builtIn.text} problems={[]} key={chosen.value} />
          <p class="quiet">{said.builtInText}</p>
        </>
      )}
    </>
  )
}

/** The saved files, and those that were begun. */
function namesOf({ files }: PolicyFolder): string[] {
  return [...new Set([...files.map(({ name }) => name), ...drafts.value.keys()])]
}

function textOf({ files }: PolicyFolder, file: string): string {
  return drafts.value.get(file) ?? files.find(({ name }) => name === file)?.text ?? ''
}

interface FilesProps {
  readonly folder: PolicyFolder
  readonly chosen: Signal<string>
  readonly names: readonly string[]
}

function Files({ folder, chosen, names }: FilesProps) {
  const own = [
    ...new Set([
      ...names,
      ...(folder.builtIn.some(({ name }) => name === chosen.value) ? [] : [chosen.value]),
    ]),
  ]
  return (
    <ul class="files" aria-label={said.files}>
      {own.map((name) => (
        <File name={name} chosen={chosen} key={name} note={isDraft(folder, name) ? said.unsaved : null} />
      ))}
      {names.length > 0 && (
        <li>
          <button onClick={() => (chosen.value = freshName(folder))}>{said.fresh}</button>
        </li>
      )}
      {folder.builtIn.map(({ name }) => (
        <File name={name} chosen={chosen} key={name} note={said.builtIn} />
      ))}
    </ul>
  )
}

function File({ name, chosen, note }: { name: string; chosen: Signal<string>; note: string | null }) {
  const isChosen = name === chosen.value
  return (
    <li>
      <button aria-current={isChosen ? 'true' : undefined} onClick={() => (chosen.value = name)}>
        <Foreign text={name} limit={48} /> {note !== null && <span class="quiet">{note}</span>}
      </button>
    </li>
  )
}

interface OwnProps {
  readonly folder: PolicyFolder
  readonly file: string
  readonly spot: Signal<Spot | null>
}

/** A file of the person's own. */
function Own({ folder, file, spot }: OwnProps) {
  const text = textOf(folder, file)
  const problems = useProblems({ file, text })
  const trial = useSignal<Trial | 'under-way' | null>(null)
  const refused = useSignal<Refused | null>(null)
  const ended = useSignal<number | null>(null)
  useEffect(() => {
    trial.value = null
    refused.value = null
    if (isDraft(folder, file)) ended.value = null
  }, [text])
  // What was saved, and came back so, is no draft any more.
  useEffect(() => {
    if (!isDraft(folder, file)) dropDraft(file)
  }, [folder])
  const isChanged = isDraft(folder, file)
  return (
    <>
      <Editor
        label={said.text(file)}
        text={text}
        problems={(problems.value ?? []).filter(({ source }) => source === file)}
        spot={spot}
        onInput={(next) => keepDraft(folder, file, next)}
      />
      <div class="below">
        <State problems={problems.value} note={noteOn(folder, file, ended.value)} />
        <Actions
          folder={folder}
          draft={{ file, text }}
          isSound={problems.value?.length === 0}
          signals={{ trial, refused, ended }}
        />
      </div>
      {refused.value !== null && <Failure refused={refused.value} />}
      <Problems problems={problems.value ?? []} file={file} text={text} spot={spot} />
      {isChanged && <p class="quiet">{said.saveText}</p>}
      {trial.value === 'under-way' && <Loading />}
      {trial.value !== null && trial.value !== 'under-way' && <TrialResult trial={trial.value} />}
    </>
  )
}

interface ActionsProps {
  readonly folder: PolicyFolder
  readonly draft: Draft
  readonly isSound: boolean
  readonly signals: {
    readonly trial: Signal<Trial | 'under-way' | null>
    readonly refused: Signal<Refused | null>
    /** Grants that ended when it was saved. */
    readonly ended: Signal<number | null>
  }
}

/** What is not sound is neither tried nor saved: the console and the broker would refuse it as well. */
function Actions({ folder, draft, isSound, signals }: ActionsProps) {
  const { file } = draft
  const { trial, refused, ended } = signals
  const saved = folder.files.find(({ name }) => name === file)
  const isChanged = isDraft(folder, file)
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      refused.value = null
      await work()
    } catch (thrown) {
      trial.value = null
      if (thrown instanceof Refused) refused.value = thrown
    }
  }
  const look = async (): Promise<void> => {
    trial.value = 'under-way'
    const found = await tryPolicy(draft)
    trial.value = found
    announcement.value = laterWords.trial.title(found.asked, found.changed)
  }
  const save = async (): Promise<void> => {
    ended.value = (await savePolicy({ ...draft, before: saved?.sha256 ?? null })).ended
    trial.value = null
    changes.value++
  }
  return (
    <div class="actions">
      {isChanged && <button onClick={() => dropDraft(file)}>{said.discard}</button>}
      <button
        disabled={!isSound || !isChanged || trial.value === 'under-way'}
        onClick={() => void attempt(look)}
      >
        {said.try}
      </button>
      <button class="allow" disabled={!isSound || !isChanged} onClick={() => void attempt(save)}>
        {said.save}
      </button>
    </div>
  )
}

/** What is wrong with a text: null until it is known. */
function useProblems({ file, text }: Draft): Signal<readonly Problem[] | null> {
  const problems = useSignal<readonly Problem[] | null>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    let isCurrent = true
    const look = async (): Promise<void> => {
      const found = await checkPolicy({ file, text }).catch(() => null)
      if (isCurrent) problems.value = found?.problems ?? null
    }
    const timer = setTimeout(() => void look(), isFirst.current ? 0 : pause)
    isFirst.current = false
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [file, text])
  return problems
}

/** How what stands in the editor is to what is in force. */
function noteOn(folder: PolicyFolder, file: string, ended: number | null): string {
  if (isDraft(folder, file)) return said.notSaved
  if (ended !== null) return said.saved(ended)
  return folder.files.some(({ name }) => name === file) ? said.inForce : said.nothing
}

function State({ problems, note }: { problems: readonly Problem[] | null; note: string }) {
  const isSound = problems?.length === 0
  return (
    <p class="state" role="status">
      {problems === null ? (
        <span class="chip">{said.checking}</span>
      ) : (
        <span class={`chip ${isSound ? 'good' : 'bad'}`}>{said.mistakes(problems.length)}</span>
      )}{' '}
      <span class="quiet">{note}</span>
    </p>
  )
}

interface ProblemsProps extends Draft {
  readonly problems: readonly Problem[]
  readonly spot: Signal<Spot | null>
}

function Problems({ problems, file, text, spot }: ProblemsProps) {
  if (problems.length === 0) return null
  return (
    <ul class="problems" aria-label={said.mistakes(problems.length)}>
      {problems.map((problem) => (
        <li key={`${problem.source} ${problem.line} ${problem.column} ${problem.message}`}>
          {problem.source === file && problem.line !== undefined ? (
            <button class="entry" onClick={() => (spot.value = spotOf(problem, text))}>
              {said.place(problem.line, problem.column ?? 1)}
            </button>
          ) : (
            <Foreign text={problem.source} limit={48} />
          )}{' '}
          <Foreign text={problem.message} limit={400} />
        </li>
      ))}
    </ul>
  )
}

/** From the mistake to the end of its line. */
function spotOf({ line = 1, column = 1 }: Problem, text: string): Spot {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0)
  return { from: start + column - 1, to: start + (lines[line - 1]?.length ?? 0) }
}
