// Every word of the console, in one table, so that a translation is one file.
import type { Confidence } from '#redaction'
import type { Assurance, Card, Grant, Scope } from '#wire'
import type { Encoding } from './lab-source.ts'

export const words = {
  product: 'Keyreeve',
  pages: { requests: 'Requests', grants: 'Grants', log: 'Log', lab: 'Lab', status: 'Status' },
  pageNav: 'Pages',
  skip: 'Skip to the page',
  titleWith: (count: number) => (count > 0 ? `(${count}) Keyreeve` : 'Keyreeve'),
  waiting: (count: number) => (count === 1 ? '1 request waits' : `${count} requests wait`),
  look: 'Look at it',
  loading: 'Loading',
  next: (step: string) => `What to do: ${step}.`,

  live: 'Connected',
  connecting: 'Connecting',
  locked: 'The vault is locked.',
  lockedNext: 'Assistants get nothing until you unlock it in your terminal:',
  lostTitle: 'Keyreeve does not answer',
  lostText:
    'Nothing can be answered from here, and what nobody answers is denied. The page tries to connect again. If that does not help, start Keyreeve and ask for a new link in your terminal:',
  outTitle: 'You are signed out',
  usedTitle: 'This link no longer works',
  outText:
    'This page keeps its key in memory only, so a reload ends the session. Ask for a new link in your terminal:',
  usedText: 'Links are good once, for a minute. Ask for a new one in your terminal:',

  requests: {
    lead: 'A request that nobody answers is denied.',
    empty: 'Nothing waits for you',
    emptyText:
      'When an assistant asks for a file that no grant covers, it shows up here, with the exact text that would leave.',
    answered: 'Just answered',
    others: 'Also waiting',
    show: 'Show',
    outcomes: { allowed: 'Allowed', denied: 'Denied', 'timed-out': 'Timed out', withdrawn: 'Withdrawn' },
  },

  card: {
    asks: (card: Card) => verbs[card.kind],
    asked: (card: Card) => pastVerbs[card.kind],
    announce: (who: string, kind: Card['kind']) => `New request: ${who} ${verbs[kind]}.`,
    ended: (who: string, outcome: string) => `${outcome}: the request of ${who}.`,
    timeLeft: (seconds: number) => `${seconds} s left`,
    timeAnnounced: (seconds: number) => `${seconds} seconds left to answer.`,
    timeUp: 'Time is up',
    lines: (ranges: string) => `Lines ${ranges}`,
    whole: (isSearched: boolean) => (isSearched ? 'Found lines' : 'Whole file'),
    pattern: 'Only what fits:',
    sensitive: 'Sensitive:',
    proved: 'Proved by the system',
    program: 'Program',
    launcher: 'Started by',
    noLauncher: 'nothing that could be found',
    pid: (pid: number) => `process ${pid}`,
    user: 'User id',
    package: 'from the package',
    hash: (start: string) => `SHA-256 ${start}…`,
    destination: 'What it reads goes to',
    destinations: (destination: string) => {
      if (destination === 'local') return 'a model on this machine, by your settings'
      if (destination === 'unknown') return 'unknown: your settings do not say'
      const [, host] = destination.split(':')
      return `${host ?? 'a model elsewhere'}, by your settings`
    },
    last: 'Allowed before',
    never: 'not that I remember',
    claimed: 'Claimed by the assistant',
    client: 'Calls itself',
    noClient: 'says nothing of itself',
    reason: 'Reason',
    unverified: 'not verified',
    noReason: 'no reason given',
    leaves: 'Exactly this leaves',
    leavesLabel: 'The exact text that leaves',
    atLatest: 'until',
    nothingLeaves: 'No text leaves now: this asks for a standing right.',
    wants: 'Asks for',
    empty: 'The text is empty.',
    bytes: (bytes: number) => (bytes === 1 ? '1 byte' : `${bytes.toLocaleString('en')} bytes`),
    ofFile: (size: number) => `from a file of ${size.toLocaleString('en')}`,
    crlf: 'lines end in CR LF',
    masked: 'Masked:',
    nothingMasked: 'Nothing had to be masked',
    times: (detector: string, count: number) => `${detector} × ${count}`,
    reach: 'If you allow it, for how long?',
    onlyReach: (scope: string) => `If you allow it: ${scope.charAt(0).toLowerCase()}${scope.slice(1)}.`,
    deny: 'Deny',
    allows: { 1: 'Allow', 2: 'Allow with passkey', 3: 'Allow' },
    armingHint: 'Allow wakes up in a moment, so that no stray click or key reaches it.',
    passkey: 'A click is not enough for this: your passkey signs exactly what is shown here.',
    twoPersons: 'Two persons would have to allow this. It can only be denied.',
    timer: 'Time left',
  },

  passkey: {
    enterTitle: 'Sign in',
    enterText:
      'This page keeps its key in memory only, so a reload ends the session. Your passkey opens it again.',
    enter: 'Sign in with your passkey',
    notUsed: 'the passkey was not used',
    again: 'try again; if this browser does not have it, use the one that does',
    steps: {
      make: {
        title: 'Enrol a passkey',
        text: 'It will sign what you allow where a click is not enough. Your browser asks where to keep it; it must ask you for a PIN, a finger or your face.',
        button: 'Make the passkey',
      },
      add: {
        title: 'Let an enrolled passkey vouch',
        text: 'The new passkey counts once one that is enrolled already has signed for it.',
        button: 'Sign with an enrolled passkey',
      },
      remove: {
        title: 'Remove a passkey',
        text: 'An enrolled passkey has to sign for that.',
        button: 'Sign with an enrolled passkey',
      },
    },
    done: { add: 'The passkey is enrolled', remove: 'The passkey is removed' },
    doneText: 'Your terminal says the rest. You can close this page.',
    title: 'Passkeys',
    none: 'None is enrolled, so what needs more than a click is refused. Enrol one in your terminal:',
    synced: 'synced',
    used: 'last used',
  },

  scopes: {
    once: 'Just this once',
    'file-session': 'This file, until the assistant disconnects',
    'folder-hour': 'The whole folder, for an hour',
    'folder-until-revoked': 'The whole folder, until revoked (30 days at most)',
  } satisfies Record<Scope, string>,

  grants: {
    lead: 'What assistants may read without asking. Every grant ends by itself.',
    empty: 'No grants',
    emptyText: 'Allow a request for longer than once, and it stands here until it ends or you revoke it.',
    revoke: 'Revoke',
    revokeOf: (who: string, path: string) => `Revoke the grant of ${who} for ${path}`,
    revokeAll: 'Revoke all',
    revoked: (count: number) => (count === 1 ? 'Revoked one grant.' : `Revoked ${count} grants.`),
    scope: {
      'file-session': 'This file, while connected',
      'folder-hour': 'Everything in this folder',
      'folder-until-revoked': 'Everything plain in this folder, until revoked',
    } satisfies Record<Grant['scope'], string>,
    until: 'Ends',
    used: 'Last used',
    never: 'never',
    given: 'Given',
    method: {
      console: 'in this console',
      terminal: 'in a terminal',
      window: 'in a window',
      passkey: 'with a passkey',
    } satisfies Record<Grant['method'], string>,
  },

  log: {
    lead: (size: number) =>
      `${size.toLocaleString('en')} entries. Each is on disk, signed, before its effect.`,
    empty: 'The log is empty',
    emptyText: 'The first thing that an assistant asks for is its next entry.',
    columns: { index: 'Entry', time: 'When', what: 'What', outcome: 'Outcome' },
    older: 'Show older entries',
    deleted: 'deleted by retention; its proof stands',
    of: (index: number) => `outcome of entry ${index}`,
    kinds: new Map([
      ['intent read', 'asked to read'],
      ['intent list', 'asked to list'],
      ['intent grant', 'asked for standing access'],
      ['denial read', 'asked to read'],
      ['denial list', 'asked to list'],
      ['denial grant', 'asked for standing access'],
      ['consent', 'request answered'],
      ['grant', 'got a grant'],
      ['revocation', 'grant revoked'],
      ['lifecycle start', 'Keyreeve started'],
      ['lifecycle stop', 'Keyreeve stopped'],
      ['lifecycle unlock', 'vault unlocked'],
      ['lifecycle lock', 'vault locked'],
      ['secret set', 'secret set'],
      ['secret remove', 'secret removed'],
      ['passkey add', 'passkey enrolled'],
      ['passkey remove', 'passkey removed'],
      ['passkey sign-in', 'signed in with a passkey'],
      ['recovery', 'unfinished end dropped at start'],
      ['clock-rollback', 'clock went back'],
    ]),
    codes: new Map([
      ['denied-by-policy', 'denied by policy'],
      ['consent-refused', 'denied, you said no'],
      ['consent-timed-out', 'denied, nobody answered'],
      ['consent-embargo', 'denied, refused twice before'],
      ['consent-unanswerable', 'denied, needs a passkey'],
    ]),
    denied: (code: string) => `denied: ${code}`,
    asked: 'allowed, you said yes',
    signed: 'allowed, signed with a passkey',
    byGrant: 'allowed by a grant',
    byPolicy: 'allowed by policy',
  },

  lab: {
    title: 'Redaction lab',
    lead: 'See what would leave of a text, before anything does. It stays in this page: nothing is sent anywhere.',
    input: 'Your text',
    placeholder: 'Paste or type here, or drop a file anywhere on this page',
    choose: 'Choose a file',
    example: 'Show an example',
    clear: 'Clear',
    pasted: 'Pasted text',
    encodings: {
      'utf-8': 'text',
      'utf-16le': 'text in UTF-16',
      'utf-16be': 'text in UTF-16',
      binary: 'not only text: bytes that are none are shown as \u{fffd}',
    } satisfies Record<Encoding, string>,
    threshold: 'Mask what is',
    thresholds: {
      certain: 'Certain: formats of providers, check digits',
      likely: 'Likely: also what the place gives away',
      hint: 'A hint: also what is worth a look',
    } satisfies Record<Confidence, string>,
    confidences: { certain: 'certain', likely: 'likely', hint: 'hint' } satisfies Record<Confidence, string>,
    pii: 'Personal data, too: addresses, cards, accounts, phones, national ids',
    output: 'Exactly this would leave',
    outputLabel: 'The exact text that would leave',
    empty: 'The masked text shows up here while you type.',
    nothing: 'Nothing had to be masked',
    progress: 'Redacting',
    save: 'Save',
    cut: 'Only the beginning is shown here.',
    failed: 'This file could not be read.',
    findings: (count: number) => (count === 1 ? '1 finding' : `${count.toLocaleString('en')} findings`),
    more: (count: number) => `and ${count.toLocaleString('en')} more`,
    columns: { detector: 'What', confidence: 'How sure', place: 'Line : column' },
    goTo: (at: string, detector: string) => `${at}, show ${detector} in the text`,
    sizes: (before: number, after: number) =>
      `${before.toLocaleString('en')} bytes in, ${after.toLocaleString('en')} bytes out`,
    announce: (count: number) =>
      count === 0
        ? 'Nothing had to be masked.'
        : count === 1
          ? '1 finding is masked.'
          : `${count} findings are masked.`,
  },

  status: {
    lead: (version: string) => `Keyreeve ${version}`,
    vault: 'Vault',
    state: 'State',
    open: 'Open',
    shut: 'Locked',
    keyIn: 'Key kept in',
    protection: 'Protection',
    unknown: 'not known until the vault is open',
    secrets: 'Secrets',
    slots: 'Key slots',
    assurance: {
      hardware: 'Hardware: the key does not leave its chip.',
      system:
        'System keychain: safe from other users and from a copied disk; not from programs that run as you while it is unlocked.',
      passphrase: 'Passphrase: safe from whoever does not know it, also on a copied disk.',
      file: 'Key file beside the vault: safe from other users only. Whoever copies the whole disk has the key too.',
    } satisfies Record<Assurance, string>,
    levels: {
      hardware: 'Strongest',
      system: 'Strong',
      // keyreeve:allow password reason="how strong that way is, in a word"
      passphrase: 'Strong',
      file: 'Weak',
    } satisfies Record<Assurance, string>,
    journal: 'Log',
    entries: 'Entries',
    root: 'Root hash',
    origin: 'Origin',
    notOpen: 'not open',
    programs: 'Programs',
    assistants: 'Connected assistants',
    noAssistants: 'None now.',
    place: 'This installation',
    home: 'Home',
    started: 'Running since',
    port: 'Console port',
  },

  time: {
    seconds: (count: number) => `in ${count} s`,
    minutes: (count: number) => `in ${count} min`,
    hours: (count: number) => `in ${count} h`,
    over: 'over',
  },
}

const verbs: Readonly<Record<Card['kind'], string>> = {
  read: 'wants to read a file',
  list: 'wants to list a folder',
  access: 'wants standing access',
}

const pastVerbs: Readonly<Record<Card['kind'], string>> = {
  read: 'asked to read a file',
  list: 'asked to list a folder',
  access: 'asked for standing access',
}
