// Routes, what was used of them and phantoms, as a broker would tell of them.
import type { Handlers, ReplyOf, Route } from '#wire'

const routes: Route[] = [
  {
    name: 'openai',
    baseUrl: 'https://api.openai.com',
    auth: { kind: 'bearer' },
    secret: 'openai',
    provider: 'openai',
    isPrivate: false,
    allow: [],
    models: ['gpt-4.1*', 'o3'],
    limits: { perMinute: 60, concurrent: 4, tokensPerDay: 2_000_000, costPerDay: 5 },
  },
  {
    name: 'tracker',
    baseUrl: 'https://tracker.example/a/very/long/address/that/does/not/fit/on/a/telephone/api',
    auth: { kind: 'header', name: 'X-Token' },
    secret: 'tracker',
    provider: null,
    isPrivate: false,
    allow: [
      { method: 'GET', path: '/issues/**' },
      { method: 'POST', path: '/issues/*/comments' },
    ],
  },
]

const usage = [
  { assistant: 'aider', route: 'openai', requests: 128, input: 402_118, output: 30_977, cost: 1.3151 },
  { assistant: 'claude-code', route: 'openai', requests: 3, input: 912, output: 240, cost: 0 },
]

/** What the console asks of them. */
export class PlayedRoutes {
  #isStopped = false
  #phantoms: ReplyOf<'phantom.list'>['phantoms'] = []

  readonly handlers: Handlers = {
    'route.list': () => ({ routes, gateway: 'http://127.0.0.1:40123' }),
    'usage.list': () => ({ usage, isStopped: this.#isStopped }),
    'route.stop': () => this.#stop(true),
    'route.resume': () => this.#stop(false),
    'phantom.list': () => ({ phantoms: this.#phantoms }),
    'phantom.revoke': (request) => {
      const before = this.#phantoms.length
      this.#phantoms = this.#phantoms.filter(({ id }) => 'id' in request && id !== request.id)
      return { revoked: before - this.#phantoms.length }
    },
  }

  constructor() {
    this.reset()
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  reset(): void {
    this.#isStopped = false
    this.#phantoms = [
      { id: 'p1', assistant: 'aider', route: 'openai', expiresAt: null },
      { id: 'p2', assistant: 'claude-code', route: 'openai', expiresAt: Date.now() + 900_000 },
    ]
  }

  #stop(isStopped: boolean): Record<string, never> {
    this.#isStopped = isStopped
    return {}
  }
}
