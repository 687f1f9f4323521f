// What to look for in the log.
import { shown } from '#base'
import { useRef } from 'preact/hooks'
import { words } from './words.ts'

/** Typing rests for so long before the log is asked, in ms. */
const pause = 250

interface FilterProps {
  readonly names: readonly string[]
  /** Told the query, empty for all. */
  readonly onChange: (query: string) => void
}

export function LogFilter({ names, onChange }: FilterProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const look = (form: HTMLFormElement): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onChange(queryOf(form)), pause)
  }
  return (
    <form
      class="filter"
      role="search"
      aria-label={words.log.filter.label}
      onInput={(event) => look(event.currentTarget)}
      onSubmit={(event) => event.preventDefault()}
    >
      <label>
        {words.log.filter.text}
        <input type="search" name="text" maxLength={256} />
      </label>
      <Choice name="assistant" options={names.map((name) => [name, name])} />
      <Choice name="kind" options={Object.entries(words.log.filter.kinds)} />
      <Choice name="outcome" options={Object.entries(words.log.filter.outcomes)} />
    </form>
  )
}

interface ChoiceProps {
  readonly name: 'assistant' | 'kind' | 'outcome'
  /** Values with what is shown for them. */
  readonly options: readonly (readonly [string, string])[]
}

function Choice({ name, options }: ChoiceProps) {
  return (
    <label>
      {words.log.filter[name]}
      <select name={name}>
        <option value="">{words.log.filter.all}</option>
        {options.map(([value, said]) => (
          <option value={value} key={value}>
            {shown(said, 48)}
          </option>
        ))}
      </select>
    </label>
  )
}

function queryOf(form: HTMLFormElement): string {
  const given = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [],
  )
  return String(new URLSearchParams(given))
}
