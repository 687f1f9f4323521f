// Detectors that judge by the place: what stands where a credential stands, whatever it looks like.
import type { Detector } from './detector.ts'

export const contexts: readonly Detector[] = [
  {
    id: 'url-credential',
    anchors: ['://'],
    structure: 'url',
    form: 'digit:0-512',
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  },
  {
    id: 'bearer-token',
    anchors: ['authorization'],
    isFolded: true,
    structure: 'authorization',
    form: 'b64token:6-4096',
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.4',
  },
  {
    id: 'bearer-token',
    anchors: ['bearer '],
    isFolded: true,
    structure: 'bearer',
    form: 'b64token:16-4096',
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  },
  {
    id: 'password',
    anchors: ['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pass'],
    isFolded: true,
    structure: 'assignment',
    form: 'b64token:4-4096',
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
    form: 'b64token:8-4096',
    confidence: 'likely',
    source: 'https://www.rfc-editor.org/rfc/rfc4949',
  },
]

function keysOf(kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => ['key', '_key', '-key', '.key'].map((key) => `${kind}${key}`))
}
