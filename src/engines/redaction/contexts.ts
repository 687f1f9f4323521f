// Detectors that judge by the place: what stands where a credential stands, whatever it looks like.
import { b64token, digit } from './classes.ts'
import type { Detector } from './detector.ts'

export const contexts: readonly Detector[] = [
  {
    id: 'url-credential',
    anchors: ['://'],
    structure: 'url',
    body: digit,
    min: 0,
    max: 512,
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  },
  {
    id: 'bearer-token',
    anchors: ['authorization'],
    isFolded: true,
    structure: 'authorization',
    body: b64token,
    min: 6,
    max: 4096,
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.4',
  },
  {
    id: 'bearer-token',
    anchors: ['bearer '],
    isFolded: true,
    structure: 'bearer',
    body: b64token,
    min: 16,
    max: 4096,
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  },
  {
    id: 'password',
    anchors: ['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pass'],
    isFolded: true,
    structure: 'assignment',
    body: b64token,
    min: 4,
    max: 4096,
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc4949',
  },
  {
    id: 'credential',
    anchors: [
      'secret',
      'token',
      ...keysOf(['api', 'access', 'secret', 'private', 'signing', 'encryption', 'master', 'auth']),
      ...keysOf(['account', 'shared', 'service', 'client', 'app', 'webhook', 'session', 'license']),
      'credential',
      'credentials',
      'auth',
    ],
    isFolded: true,
    structure: 'assignment',
    body: b64token,
    min: 8,
    max: 4096,
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc4949',
  },
]

function keysOf(kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => ['key', '_key', '-key', '.key'].map((key) => `${kind}${key}`))
}
