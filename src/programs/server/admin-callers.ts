// Who administers: a user of this machine by what the kernel says, or the holder of a certificate.
import { Fault } from '#base'
import { peerOf } from '#os'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** A person who may administer, by the accounts and certificates that are theirs. */
export interface Person {
  readonly name: string
  /** User id on the server's machine. */
  readonly uid?: number | undefined
  /** Common name of their certificates. */
  readonly certificate?: string | undefined
}

/** Whoever asks. */
export interface Caller {
  /** For the journal, and to tell two persons apart. */
  readonly name: string
  /** False where the system did not tell who asks: then they may narrow, and not widen. */
  readonly isIdentified: boolean
  /** SHA-256 of their certificate, base64url; null on the socket of this machine. */
  readonly certificate: string | null
}

/**
 * Tells who asks.
 * @param people Where there are any, nobody else administers.
 * @throws Fault `peer-refused`
 */
export async function callerOf(people: readonly Person[], { socket }: IncomingMessage): Promise<Caller> {
  return socket instanceof TLSSocket ? byCertificate(people, socket) : byAccount(people, socket)
}

function byCertificate(people: readonly Person[], socket: TLSSocket): Caller {
  const { raw, subject } = socket.getPeerCertificate()
  const name: unknown = subject?.CN
  if (!socket.authorized || typeof name !== 'string' || !/^[\x21-\x7e][\x20-\x7e]{0,127}$/.test(name)) {
    throw new Fault('peer-refused', 'administrators show a certificate with one common name')
  }
  const certificate = createHash('sha256').update(raw).digest('base64url')
  return {
    name: nameIn(people, `cert:${name}`, (one) => one.certificate === name),
    isIdentified: true,
    certificate,
  }
}

async function byAccount(people: readonly Person[], socket: object): Promise<Caller> {
  const peer = await peerOf(socket)
  const shown = peer === null ? 'local' : `uid:${peer.uid}`
  const name = nameIn(people, shown, ({ uid }) => peer !== null && uid === peer.uid)
  return { name, isIdentified: peer !== null, certificate: null }
}

/** Two certificates, or an account and a certificate, that are one person's count as one. */
function nameIn(people: readonly Person[], shown: string, isTheirs: (one: Person) => boolean): string {
  if (people.length === 0) return shown
  const person = people.find(isTheirs)
  if (person === undefined)
    throw new Fault('peer-refused', 'server.toml names nobody like you under [[admin.people]]')
  return person.name
}
