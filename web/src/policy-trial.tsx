// What a policy would have changed in the last thirty days.
import { Foreign, Moment, Path } from './parts.tsx'
import type { Change, Difference, Trial, Verdict } from './policy-api.ts'
import { laterWords } from './words-later.ts'

const { trial: said } = laterWords

/** The freest first. */
const verdicts: readonly Verdict[] = ['allow', 'click', 'passkey', 'persons', 'deny']

export function TrialResult({ trial }: { trial: Trial }) {
  const { asked, changed, changes, differences, isCut, from } = trial
  return (
    <section class="panel trial">
      <h2>{said.title(asked, changed)}</h2>
      <p class="chips">
        {changes.map((change) => (
          <span class={`chip ${toneOf(change)}`} key={`${change.from} ${change.to}`}>
            {said.count(change.count)} {said.verdicts[change.from]} → {said.verdicts[change.to]}
          </span>
        ))}
      </p>
      {differences.length > 0 && <Differences differences={differences} />}
      {isCut && <p class="quiet">{said.cut}</p>}
      <p class="quiet">
        {said.since} <Moment at={from} />. {said.meaning}
      </p>
    </section>
  )
}

/** What a change lets out deserves the second look. */
function toneOf({ from, to }: Change): string {
  return verdicts.indexOf(to) < verdicts.indexOf(from) ? 'sensitive' : 'good'
}

function Differences({ differences }: { differences: readonly Difference[] }) {
  return (
    <table class="log">
      <thead>
        <tr>
          <th scope="col">{said.columns.times}</th>
          <th scope="col">{said.columns.last}</th>
          <th scope="col">{said.columns.what}</th>
          <th scope="col">{said.columns.change}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map((one) => (
          <Row one={one} key={`${one.assistant} ${one.action} ${one.path} ${one.at}`} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ one }: { one: Difference }) {
  const { assistant, action, path, count, at, from, to, because } = one
  return (
    <tr>
      <td class="quiet">{said.count(count)}</td>
      <td class="quiet">
        <Moment at={at} />
      </td>
      <td>
        <Foreign text={assistant} limit={48} /> {said.actions[action]}
        <Path path={path} />
      </td>
      <td>
        <span class={`outcome ${toneOf(one)}`}>
          {said.verdicts[from]} → {said.verdicts[to]}
        </span>
        {because.length > 0 && (
          <>
            <br />
            <span class="quiet">
              {said.because} <Foreign text={because.join(', ')} limit={96} />
            </span>
          </>
        )}
      </td>
    </tr>
  )
}
