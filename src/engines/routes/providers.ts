// Providers of models and APIs that people use most: where each is, and how its key travels and looks.

/** What is known of a provider, so that a route to it takes one word. */
export interface Provider {
  /** `scheme://host[:port][/path]`, without a slash at the end. */
  readonly baseUrl: string
  /** As `route add --auth` takes it. */
  readonly auth: 'none' | 'bearer' | `header:${string}` | `query:${string}`
  /** How its keys look, so that a client which checks a key's form takes a phantom. */
  readonly key: KeyForm
  /** Variables from which unmodified clients take the address and the key. */
  readonly variables: { readonly url: readonly string[]; readonly key: readonly string[] }
  /** What clients expect behind the route's address, such as `/v1`. */
  readonly suffix: string
}

/** `parts` are fixed texts and counts of random characters. */
export interface KeyForm {
  readonly alphabet: 'base62' | 'base64url' | 'hex'
  readonly parts: readonly (string | number)[]
  /** The last six characters are a CRC-32 of the random ones, base62. @see GitHub's "Behind GitHub's new authentication token formats" */
  readonly checksum?: true
}

const local = { auth: 'none', key: { alphabet: 'base62', parts: ['local-', 40] } } as const

/** Forms from the providers' own documentation; `formats-*.ts` of the redaction engine name the sources. */
export const providers = {
  anthropic: {
    baseUrl: 'https://api.anthropic.com',
    auth: 'header:x-api-key',
    key: { alphabet: 'base64url', parts: ['sk-ant-api03-', 93, 'AA'] },
    variables: { url: ['ANTHROPIC_BASE_URL'], key: ['ANTHROPIC_API_KEY'] },
    suffix: '',
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    auth: 'bearer',
    key: { alphabet: 'hex', parts: ['sk-', 32] },
    variables: { url: ['DEEPSEEK_BASE_URL'], key: ['DEEPSEEK_API_KEY'] },
    suffix: '/v1',
  },
  gemini: {
    baseUrl: 'https://generativelanguage.googleapis.com',
    auth: 'header:x-goog-api-key',
    key: { alphabet: 'base64url', parts: ['AIzaSy', 33] },
    variables: { url: ['GOOGLE_GEMINI_BASE_URL'], key: ['GEMINI_API_KEY'] },
    suffix: '',
  },
  github: {
    baseUrl: 'https://api.github.com',
    auth: 'bearer',
    key: { alphabet: 'base62', parts: ['ghp_', 30], checksum: true },
    variables: { url: ['GITHUB_API_URL'], key: ['GITHUB_TOKEN', 'GH_TOKEN'] },
    suffix: '',
  },
  groq: {
    baseUrl: 'https://api.groq.com/openai',
    auth: 'bearer',
    key: { alphabet: 'base62', parts: ['gsk_', 52] },
    variables: { url: ['GROQ_BASE_URL'], key: ['GROQ_API_KEY'] },
    suffix: '/v1',
  },
  lmstudio: {
    ...local,
    baseUrl: 'http://127.0.0.1:1234',
    variables: { url: ['LMSTUDIO_BASE_URL'], key: [] },
    suffix: '/v1',
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai',
    auth: 'bearer',
    key: { alphabet: 'base62', parts: [32] },
    variables: { url: ['MISTRAL_BASE_URL'], key: ['MISTRAL_API_KEY'] },
    suffix: '/v1',
  },
  ollama: {
    ...local,
    baseUrl: 'http://127.0.0.1:11434',
    variables: { url: ['OLLAMA_BASE_URL'], key: [] },
    suffix: '/v1',
  },
  openai: {
    baseUrl: 'https://api.openai.com',
    auth: 'bearer',
    key: { alphabet: 'base64url', parts: ['sk-proj-', 74, 'T3BlbkFJ', 74] },
    variables: { url: ['OPENAI_BASE_URL'], key: ['OPENAI_API_KEY'] },
    suffix: '/v1',
  },
  openrouter: {
    baseUrl: 'https://openrouter.ai/api',
    auth: 'bearer',
    key: { alphabet: 'hex', parts: ['sk-or-v1-', 64] },
    variables: { url: ['OPENROUTER_BASE_URL'], key: ['OPENROUTER_API_KEY'] },
    suffix: '/v1',
  },
  xai: {
    baseUrl: 'https://api.x.ai',
    auth: 'bearer',
    key: { alphabet: 'base62', parts: ['xai-', 80] },
    variables: { url: ['XAI_BASE_URL'], key: ['XAI_API_KEY'] },
    suffix: '/v1',
  },
} as const satisfies Record<string, Provider>

/** The provider of that name, or null. @param name From outside. */
export function providerOf(name: string): Provider | null {
  return isProvider(name) ? providers[name] : null
}

function isProvider(name: string): name is keyof typeof providers {
  return Object.hasOwn(providers, name)
}
