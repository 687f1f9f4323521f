// What a hostile input looks like: a megabyte of whatever makes a redactor work hardest.
import { detectors } from '../../src/engines/redaction/detectors.ts'
import { type Alphabet, Dice } from './dice.ts'
import { markedFormats, pemBegin } from './secrets.ts'

export interface Flood {
  readonly name: string
  readonly make: (size: number) => Buffer
}

const fixed = [
  'eyJ',
  'eyJhbGciOiJIUzI1NiJ9.',
  `${pemBegin}\n`,
  pemBegin,
  'password="',
  'password=',
  'password: ',
  '"password":"',
  '"password":"x",',
  'token=abc&',
  'authorization: bearer ',
  'Bearer ',
  '://a:b@',
  '://',
  '://a:',
  '\\"',
  '\\\\\\"',
  '\\u0022',
  '"',
  "'",
  '`',
  '{"a":',
  '[',
  '%2F',
  '%252F',
  '%25',
  '%',
  '\\n',
  '\\',
  '=',
  ':',
  '@',
  'a@',
  'a@b.c ',
  '1.1.1.1.',
  '4111 ',
  '41111111',
  '+49 ',
  'DE89',
  '::1:',
  '-',
  '.',
  ' ',
  '\n',
  '\0',
  'A\0',
  '\xff\xfe',
  '[id:4f2a]',
  '[',
  'T3BlbkFJ',
  '鍵=',
  'key',
  '-----END ',
]

const anchorsOf = (isByPlace: boolean): string[] => [
  ...new Set(
    detectors
      .filter(({ structure = 'token' }) => byPlace.has(structure) === isByPlace)
      .flatMap(({ anchors }) => anchors),
  ),
]
/** These look around the anchor, not only at what follows it. */
const byPlace = new Set(['authorization', 'bearer', 'url', 'assignment'])
const marks = anchorsOf(false)
const names = anchorsOf(true)

/** All floods; each is made when it is asked for. */
export function floods(): Flood[] {
  return [
    ...fixed.map((unit) => repeated(JSON.stringify(unit).slice(1, -1), () => unit)),
    ...marks.flatMap((mark) => [
      repeated(`${mark} joined`, () => mark),
      repeated(`${mark} short`, (dice) => `${mark}${dice.text('alnum', 9)} `),
    ]),
    ...names.flatMap((name) => [
      repeated(`${name} joined`, () => name),
      repeated(`${name} spaced`, () => `${name} `),
      repeated(`${name} assigned`, () => `${name}="`),
      repeated(`${name} with values`, (dice) => `${name}=${dice.text('alnum', 9)};`),
    ]),
    repeated('all anchors', (dice) => dice.pick([...marks, ...names])),
    repeated('all anchors in lines', (dice) => `${dice.pick(marks)}${dice.text('alnum', 20)}\n`),
    repeated('all names in lines', (dice) => `${dice.pick(names)}: ${dice.text('alnum', 12)}\n`),
    ...(['digit', 'hex', 'upper', 'base32', 'alnum', 'base64', 'base64url'] as const).map(run),
    ...markedFormats.map(({ detector, example }) =>
      repeated(
        `found ${detector}`,
        (dice) => `${example(dice).secret}
`,
      ),
    ),
    repeated('found all, joined', (dice) => dice.pick(markedFormats).example(dice).secret),
    nested('base64 in base64', (text) => text.toString('base64')),
    nested('hex in hex', (text) => text.toString('hex')),
    nested('percent in percent', (text) => encodeURIComponent(`%${text.toString('latin1')}`)),
    nested('JSON in JSON', (text) => JSON.stringify(text.toString('latin1'))),
    { name: 'random', make: (size) => new Dice(size).bytes(size) },
  ]
}

function run(alphabet: Alphabet): Flood {
  return { name: `run of ${alphabet}`, make: (size) => Buffer.from(new Dice(size).text(alphabet, size)) }
}

function repeated(name: string, unit: (dice: Dice) => string): Flood {
  return { name, make: (size) => fill(size, unit) }
}

/** So many bytes are thrown, the rest repeats them: nothing looks back as far. */
const thrown = 2 ** 16

function fill(size: number, unit: (dice: Dice) => string): Buffer {
  const dice = new Dice(size)
  const parts: string[] = []
  for (let length = 0; length < Math.min(size, thrown);) {
    const part = unit(dice)
    parts.push(part)
    length += part.length
  }
  return Buffer.alloc(size, parts.join(''))
}

function nested(name: string, wrap: (text: Buffer) => string): Flood {
  return {
    name,
    make: (size) => {
      // keyreeve:allow password reason="a flood is no secret"
      let text = Buffer.from('password="hunter')
      while (text.length < size) text = Buffer.from(wrap(text))
      return text.subarray(0, size)
    },
  }
}
