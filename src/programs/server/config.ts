// Reads server.toml and the few options of the command line, which win.
import { errorCode, Fault, shown } from '#base'
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import * as z from 'zod'
import { eventKinds } from './security-event.ts'

const file = z.string().min(1).max(4096)
const address = z.url({ protocol: /^https?$/ }).max(2048)
const scope = z.string().regex(/^[a-z][\w.:-]{0,63}$/)

/** A certificate and its key, PEM files. */
const tls = z.strictObject({ certificate: file, key: file })

/** Who is let in of those that the identity provider knows: all that is named must hold. The first that fits counts. */
const admission = z
  .strictObject({
    /** Of the address that the provider has verified. */
    domain: z.optional(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)),
    group: z.optional(z.string().min(1).max(256)),
    /** Whoever has an account there; said out loud, so that nobody is let in by a line that was left out. */
    everyone: z.literal(true).optional(),
    tenant: z.string().min(1).max(64).default('default'),
    /** What such a person's device may ask for; by default all that the audiences have. */
    scopes: z.optional(z.array(scope).min(1).max(64)),
  })
  .refine(
    ({ domain, group, everyone }) => (domain === undefined && group === undefined) === (everyone === true),
  )

const signIn = z.strictObject({
  /** The organisation's identity provider: OpenID Connect. */
  issuer: address,
  clientId: z.string().min(1).max(256),
  /** File that holds this server's secret there. */
  secretFile: file,
  /** What is asked of the provider. */
  scope: z.string().min(1).max(256).default('openid email profile'),
  groupsClaim: z.string().min(1).max(128).default('groups'),
  admit: z.array(admission).min(1).max(64),
})

const nats = z
  .strictObject({
    /** HOST:PORT of each. */
    servers: z
      .array(z.string().regex(/^[^\s]+:\d{1,5}$/))
      .min(1)
      .max(16),
    subject: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/)
      .default('keyreeve.feed'),
    /** PEM; with it the connection is encrypted. */
    caFile: z.optional(file),
    user: z.optional(z.string().min(1).max(128)),
    passwordFile: z.optional(file),
  })
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined))

const shape = z.strictObject({
  /** What the server is called from outside: `iss` of every token. */
  issuer: address,
  /** HOST:PORT. */
  listen: z
    .string()
    .regex(/^[^\s]+:\d{1,5}$/)
    .default('127.0.0.1:8470'),
  tls: z.optional(tls),
  /** A proxy in front speaks TLS. All that comes through it counts as one source, but for `forwardedHops`. */
  behindProxy: z.boolean().default(false),
  /** How many proxies in front each add whom they heard to X-Forwarded-For. */
  forwardedHops: z.int().min(0).max(8).default(0),
  admin: z
    .strictObject({
      /** Path of the unix socket; `admin.sock` in the server's folder without. */
      socket: z.optional(file),
      /** Number of the group that may open the socket besides the server's own user. */
      socketGroup: z.optional(z.int().min(0)),
      /** HOST:PORT for administration over the network, together with `tls` and `clients`. */
      listen: z.optional(z.string().regex(/^[^\s]+:\d{1,5}$/)),
      tls: z.optional(tls),
      /** Certificates that sign administrators' own. */
      clients: z.optional(file),
      /** Who may administer, each with what is theirs; without any, whom socket and certificates let in. */
      people: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(128),
            uid: z.optional(z.int().min(0)),
            /** Common name of their certificates. */
            certificate: z.optional(z.string().min(1).max(128)),
          }),
        )
        .max(256)
        .default([]),
    })
    .prefault({}),
  /** Who takes tokens, and which scopes there are at each. */
  audiences: z
    .array(z.strictObject({ url: address, scopes: z.array(scope).min(1).max(64) }))
    .max(256)
    .default([]),
  enrolment: z
    .strictObject({
      /** A new device waits for an administrator. */
      approval: z.boolean().default(false),
      /** Scopes that one administrator may invite with; all that there are without. */
      scopes: z.optional(z.array(scope).min(1).max(64)),
    })
    .prefault({}),
  /** Security events: who tells us, and whom we tell. */
  events: z
    .strictObject({
      transmitters: z
        .array(
          z.strictObject({
            issuer: address,
            jwks: address,
            /** After these their user gets no new token either, until two administrators release them. */
            suspendOn: z.array(z.enum(eventKinds)).default([]),
          }),
        )
        .max(16)
        .default([]),
      receivers: z
        .array(
          z.strictObject({
            url: address,
            audience: z.string().min(1).max(512),
            /** File of what the header `authorization` is to hold. */
            authorization: z.optional(file),
          }),
        )
        .max(64)
        .default([]),
    })
    .prefault({}),
  /** How people sign in; without it only invitations enrol. */
  signIn: z.optional(signIn),
  /** Tells the feed to NATS too. */
  nats: z.optional(nats),
})

/** The settings of a token server. */
export type ServerConfig = z.output<typeof shape>

/** How people sign in. */
export type SignInConfig = z.output<typeof signIn>

/** Options of the command line that stand for settings. */
export interface Overrides {
  readonly issuer?: string | undefined
  readonly listen?: string | undefined
}

/**
 * Reads the settings.
 * @param path Null: no file.
 * @throws Fault `config-invalid` naming the setting, never quoting its value.
 */
export function readServerConfig(path: string | null, overrides: Overrides): ServerConfig {
  const settings = path === null ? {} : parseToml(path)
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined)
  const parsed = shape.safeParse({ ...settings, ...Object.fromEntries(given) })
  const place = path ?? 'the command line'
  if (!parsed.success) {
    const setting = shown(parsed.error.issues[0]?.path.join('.') ?? '', 128)
    throw new Fault('config-invalid', `${place}: the setting "${setting}" is missing or not understood`)
  }
  requireSafe(parsed.data)
  return parsed.data
}

/** Tokens never travel in clear over a network. */
function requireSafe(config: ServerConfig): void {
  const { issuer, listen, tls, behindProxy, forwardedHops, admin } = config
  const isLocal = isLoopback(listen.slice(0, listen.lastIndexOf(':')))
  if (!isLocal && tls === undefined && !behindProxy) {
    throw new Fault('config-invalid', 'listening beyond this machine needs "tls", or "behindProxy"')
  }
  if (admin.listen !== undefined && (admin.tls === undefined || admin.clients === undefined)) {
    throw new Fault('config-invalid', 'the setting "admin.listen" needs "admin.tls" and "admin.clients"')
  }
  if (forwardedHops > 0 && !behindProxy) {
    throw new Fault('config-invalid', 'the setting "forwardedHops" needs "behindProxy"')
  }
  for (const { jwks } of config.events.transmitters) requireHttps('events.transmitters.jwks', jwks)
  for (const { url } of config.events.receivers) requireHttps('events.receivers.url', url)
  requireHttps('issuer', issuer)
  if (config.signIn !== undefined) requireHttps('signIn.issuer', config.signIn.issuer)
}

function requireHttps(setting: string, url: string): void {
  if (url.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
    throw new Fault('config-invalid', `the setting "${setting}" must begin with https`)
  }
}

function isLoopback(host: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/.test(host)
}

function parseToml(path: string): object {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (thrown) {
    const flaw = errorCode(thrown) === undefined ? 'is no TOML' : 'cannot be read'
    throw new Fault('config-invalid', `${path} ${flaw}`, { cause: thrown })
  }
}
