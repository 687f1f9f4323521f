// Fault codes of calls to models and APIs: a part of the one table.
import type { FaultKind } from './faults.ts'

export const callFaults = {
  'route-unknown': { http: 404, exit: 6, retry: false, next: 'run "keyreeve route list"' },
  'route-invalid': { http: 400, exit: 2, retry: false, next: 'run "keyreeve help route add"' },
  'phantom-unknown': {
    http: 401,
    exit: 3,
    retry: false,
    next: 'start the assistant by "keyreeve run", or get a phantom by "keyreeve token issue"',
  },
  'body-oversized': { http: 413, exit: 1, retry: false, next: 'send less at once' },
  'limit-reached': {
    http: 429,
    exit: 4,
    retry: true,
    next: 'wait, or raise the limits of the route by "keyreeve route add"',
  },
  'model-refused': { http: 403, exit: 3, retry: false, next: 'ask for a model that the route allows' },
  'calls-stopped': { http: 403, exit: 3, retry: false, next: 'run "keyreeve route resume"' },
  'upstream-refused': {
    http: 403,
    exit: 3,
    retry: false,
    next: 'add the route with --private if that network is yours',
  },
  'upstream-unreachable': { http: 502, exit: 4, retry: true, next: 'try again' },
  'upstream-untrusted': {
    http: 502,
    exit: 3,
    retry: false,
    next: 'find out who answers there; a CA of your own goes under [gateway] in config.toml',
  },
  'upstream-broken': { http: 502, exit: 4, retry: true, next: 'try again' },
  'secret-unusable': {
    http: 500,
    exit: 1,
    retry: false,
    next: 'set another secret: one line of at least 12 random characters',
  },
  'gateway-unavailable': {
    http: 503,
    exit: 1,
    retry: true,
    next: 'free the port, or choose another under [gateway] in config.toml',
  },
  'encoding-unsupported': {
    http: 502,
    exit: 1,
    retry: false,
    next: 'ask with an Accept-Encoding of gzip, deflate, br or zstd',
  },
  'answer-unreadable': {
    http: 502,
    exit: 1,
    retry: true,
    next: 'ask again; the upstream sent a broken answer',
  },
  'answer-too-large': { http: 502, exit: 1, retry: false, next: 'ask for less at once, or with no encoding' },
} as const satisfies Record<string, FaultKind>
