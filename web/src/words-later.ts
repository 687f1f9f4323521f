// Every word of the pages for policy and review: a table of their own, which is loaded with them.
import { shown } from '#base'
import type { ReplyOf } from '#wire'
import type { Suggestion, Verdict } from './policy-api.ts'

export const laterWords = {
  policy: {
    lead: 'Rules in Cedar: what is allowed, asked or denied. A forbid wins over every permit and grant.',
    files: 'Policy files',
    fresh: '+ New file',
    builtIn: 'built in',
    builtInText: 'Part of Keyreeve: it holds beside your own files, and nothing takes it away.',
    text: (file: string) => `Text of ${file}`,
    example: `// Such as:
permit (
  principal == Assistant::"claude-desktop",
  action in [Action::"read", Action::"list"],
  resource in Folder::"/home/me/project"
)
when { resource.classes.isEmpty() };`,
    unsaved: 'not saved',
    notInForce: (problem: string) => `These files are not in force, those from before are: ${problem}.`,
    checking: 'Checking',
    mistakes: (count: number) => (count === 0 ? 'Valid' : count === 1 ? '1 mistake' : `${count} mistakes`),
    place: (line: number, column: number) => `Line ${line}, column ${column}`,
    inForce: 'as saved',
    nothing: 'nothing written yet: the built-in rules hold',
    notSaved: 'not saved: it changes nothing yet',
    discard: 'Discard',
    try: 'Try on the last 30 days',
    save: 'Save',
    saveText:
      'When you save it, it holds at once, and grants that were given before end. The log records it; the text before is kept.',
    saved: (ended: number) => `saved and in force; grants that ended: ${ended}`,
    origin: ({ effect, saves }: Pick<Suggestion, 'effect' | 'saves'>) =>
      `Suggested by the review: ${effect === 'permit' ? 'allowed' : 'denied'} ${saves} times in 30 days.`,
  },

  trial: {
    title: (asked: number, changed: number) =>
      asked === 0
        ? 'Nothing was asked that it could be tried on'
        : `Of ${asked.toLocaleString('en')} requests, ${changed === 0 ? 'none' : changed.toLocaleString('en')} would have been decided differently`,
    count: (count: number) => `${count.toLocaleString('en')} ×`,
    verdicts: {
      allow: 'allowed',
      click: 'asked',
      passkey: 'asked with passkey',
      persons: 'two persons',
      deny: 'denied',
    } satisfies Record<Verdict, string>,
    actions: { read: 'asked to read', list: 'asked to list', edit: 'asked to change' },
    columns: { times: 'Times', last: 'Last', what: 'What', change: 'Change' },
    because: 'by',
    cut: 'Only the most frequent are listed.',
    since: 'Reads, lists and edits since',
    meaning: 'Decided by the same engine, without grants: a change ends them.',
  },

  device: {
    lead: 'This machine as a device of your organisation. Its key never leaves the vault; its tokens live for minutes.',
    none: 'This machine is no enrolled device',
    noneText: 'It asks no organisation for tokens. What needs none works all the same.',
    enrol: 'Enrol it',
    askForIssuer: 'Ask an administrator of your organisation for the address of its token server.',
    inBrowser: 'Sign in there, from your terminal:',
    byInvitation: 'Or, with an invitation that an administrator gave you:',
    keyStays:
      'A key is made in the vault. The server learns its public part, and nothing else of this machine.',
    enrolment: 'Enrolment',
    state: 'Token server',
    servers: {
      untried: 'not asked since the start',
      reachable: 'answers',
      unreachable: 'does not answer',
    },
    lasts: (left: string | null) =>
      left === null
        ? 'There is no token left: what needs your organisation waits until it answers. All else goes on.'
        : `The last token that is there ends ${left}; what needs no organisation goes on without.`,
    issuer: 'Issuer',
    id: 'Device',
    fingerprint: 'Fingerprint of its key',
    fingerprintText: 'administrators see the same',
    since: 'Enrolled',
    attested: 'Attested until',
    renewed: 'renewed by itself',
    scope: 'May ask for',
    tokens: 'Tokens',
    noTokens: 'No tool has asked for one since the start.',
    states: {
      empty: 'none',
      fresh: 'good',
      'riding-out': 'good, but not renewed',
      expired: 'over',
      revoked: 'revoked',
    } satisfies Record<ReplyOf<'device.status'>['tokens'][number]['state'], string>,
    left: (time: string) => `ends ${time}`,
    forget: 'Forget this device',
    forgetText:
      'Deletes the key and all tokens here. To come back, this machine enrols anew, as another device. The server still lists this one until an administrator revokes it.',
    forgetNow: 'Delete the key',
    keep: 'Keep it',
    forgotten: 'The key of this device is deleted.',
  },

  review: {
    lead: 'What you were asked, what nobody uses, and rules that would have answered for you.',
    span: 'Look back',
    days: (days: number) => `${days} days`,
    quiet: 'Nobody asked for anything',
    quietText: 'Questions that you answer are counted here.',
    asked: (count: number) => (count === 1 ? '1 question' : `${count.toLocaleString('en')} questions`),
    allowed: 'Allowed',
    denied: 'Denied',
    unanswered: 'Not answered',
    withdrawn: 'Withdrawn',
    perDay: (budget: number, over: number) =>
      `By day${over > 0 ? `: ${over} over your budget of ${budget}` : `, none over your budget of ${budget}`}`,
    over: 'over',
    who: 'By assistant',
    suggestions: 'Suggested rules',
    suggestionsText:
      'From 30 days of your answers. None is applied: open one, try it, and save it if you want it.',
    noSuggestions:
      'None. What you allow five times in a folder and never deny, or deny three times, shows up here.',
    sentence: ({ effect, saves, assistant, folder }: Suggestion) =>
      `You ${effect === 'permit' ? 'allowed' : 'denied'} ${shown(assistant, 48)} ${saves} times in ${shown(folder, 160)}.`,
    rule: 'The rule',
    notApplied: 'Not in force',
    open: 'Open in the policy editor',
    unused: 'Grants that nobody used',
    unusedText: 'What is not used can go; it is asked again when it is needed.',
    noUnused: 'None: every grant in force was used.',
    expiring: 'Grants that end within a week',
    expiringText: 'Nothing to do. Who still needs one asks again.',
    grants: (given: number, ended: number, used: number) =>
      `Grants in this time: ${given} given, ${ended} ended early. In force and used: ${used}.`,
  },
}
