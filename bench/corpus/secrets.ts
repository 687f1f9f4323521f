// Secrets of vendors' formats, made up at run time: none ever opened anything.
import type { Example } from './contexts.ts'
import type { Dice } from './dice.ts'

/** Put together so that no file of the tree looks like it holds a key. */
export const pemBegin = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ')

type Maker = (dice: Dice) => string

const makers: Readonly<Record<string, Maker>> = {
  'aws-access-key-id': (dice) => `AKIA${dice.text('base32', 16)}`,
  'github-token': (dice) => `ghp_${dice.text('alnum', 36)}`,
  'gitlab-token': (dice) => `glpat-${dice.text('alnum', 20)}`,
  'slack-token': (dice) =>
    `xoxb-${dice.text('digit', 12)}-${dice.text('digit', 12)}-${dice.text('alnum', 24)}`,
  'stripe-key': (dice) => `sk_live_${dice.text('alnum', 24)}`,
  'openai-key': (dice) => `sk-proj-${dice.text('base64url', 120)}a`,
  'anthropic-key': (dice) => `sk-ant-api03-${dice.text('base64url', 93)}AA`,
  'google-api-key': (dice) => `AIza${dice.text('base64url', 34)}8`,
  'google-client-secret': (dice) => `GOCSPX-${dice.text('alnum', 28)}`,
  'npm-token': (dice) => `npm_${dice.text('alnum', 36)}`,
  'pypi-token': (dice) => `pypi-AgEIcHlwaS5vcmc${dice.text('base64url', 150)}a`,
  'sendgrid-key': (dice) => `SG.${dice.text('alnum', 22)}.${dice.text('alnum', 43)}`,
  'digitalocean-token': (dice) => `dop_v1_${dice.text('hex', 64)}`,
  'huggingface-token': (dice) => `hf_${dice.text('alnum', 34)}`,
  'linear-key': (dice) => `lin_api_${dice.text('alnum', 40)}`,
  'databricks-token': (dice) => `dapi${dice.text('hex', 32)}`,
  'shopify-token': (dice) => `shpat_${dice.text('hex', 32)}`,
  'docker-token': (dice) => `dckr_pat_${dice.text('alnum', 27)}`,
  'vault-token': (dice) => `hvs.${dice.text('alnum', 90)}`,
  'groq-key': (dice) => `gsk_${dice.text('alnum', 52)}`,
  'tailscale-key': (dice) => `tskey-auth-${dice.text('alnum', 17)}-${dice.text('alnum', 32)}`,
  'grafana-token': (dice) => `glsa_${dice.text('alnum', 32)}_${dice.text('hex', 8)}`,
  jwt: (dice) =>
    `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: dice.uuid() })}.${dice.text('alnum', 43)}`,
  'private-key': (dice) => pem(dice),
}

/** Ids of the detectors for which there are examples. */
export const exampleIds: readonly string[] = Object.keys(makers)

/** A new secret that the detector should find. */
export function example(detector: string, dice: Dice): Example {
  const make = makers[detector]
  if (make === undefined) throw new Error(`no example of ${detector}`)
  return { detector, lead: '', secret: make(dice), tail: '', owner: detector.split('-')[0]! }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function pem(dice: Dice): string {
  const rows = Array.from({ length: 6 }, () => dice.text('base64', 64))
  return [pemBegin, ...rows, pemBegin.replace('BEGIN', 'END')].join('\n')
}
