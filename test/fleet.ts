// Token servers over one database behind one address, and devices that enrol and mint there, all as they are in use.
import { machineClock, type Clock } from '#base'
import { publicJwkOf, signerOf } from '#token'
import {
  deviceMint,
  enrolByInvitation,
  issuerKeys,
  posterTo,
  type Answer,
  type MintAnswer,
  type Post,
} from '#tokenclient'
import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

export const audience = 'https://gateway.example'
const rightClock = machineClock({ Date, performance, setTimeout })
const random = (length: number) => Uint8Array.from(randomBytes(length))
const main = join(import.meta.dirname, '../src/programs/server/main.ts')

export interface FleetOptions {
  /** postgres://…, perhaps with several hosts; null for one server with a register in its folder. */
  readonly database: string | null
  readonly servers: number
  /** More lines of server.toml. */
  readonly settings?: string
}

/** One process. */
export interface FleetServer {
  readonly child: ChildProcess
  readonly port: number
  readonly socket: string
}

/** What a device sent, to be sent again as it is. */
export interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly form: string
}

/** A device with a key of its own and the real client. */
export interface FleetDevice {
  readonly id: string
  readonly mint: () => Promise<MintAnswer>
  /** All that was answered with a token. */
  readonly taken: Sent[]
  /** Makes what the next mint would send, and sends nothing. */
  readonly prepare: () => Promise<Sent>
}

export class Fleet {
  readonly servers: FleetServer[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyreeve-fleet-'))
  readonly #front: Server
  readonly #sockets = new Set<Socket>()
  readonly #database: string | null
  #turn = 0

  private constructor(database: string | null) {
    this.#database = database
    this.#front = createServer((socket) => this.#pass(socket, 0))
  }

  static async start({ database, servers, settings = '' }: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(database)
    fleet.#front.listen(0, '127.0.0.1')
    await once(fleet.#front, 'listening')
    writeFileSync(join(fleet.#folder, 'shared-key'), randomBytes(32), { mode: 0o600 })
    writeFileSync(
      join(fleet.#folder, 'server.toml'),
      `issuer = "${fleet.issuer}"\nlisten = "127.0.0.1:0"\n${settings}\n` +
        `[[audiences]]\nurl = "${audience}"\nscopes = ["llm.infer:read"]\n`,
    )
    const started = Array.from({ length: servers }, (_, at) => fleet.#startServer(at))
    fleet.servers.push(...(await Promise.all(started)))
    return fleet
  }

  /** The one address of all. */
  get issuer(): string {
    const { port } = this.#front.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** Starts a process that was killed, on what it kept. */
  async restart(at: number): Promise<void> {
    this.servers[at] = await this.#startServer(at)
  }

  /** @param clock The device's own. */
  async enrol(clock: Clock = rightClock): Promise<FleetDevice> {
    const { invitation } = await this.admin('/admin/invite', { user: 'ann' })
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const [jwk, sign] = [publicJwkOf(key), signerOf(key)]
    const asked = { issuer: this.issuer, label: 'fleet', jwk, sign, clock, random }
    const enrolment = await (await enrolByInvitation(asked, String(invitation))).done
    const keys = issuerKeys(enrolment.jwksUri, clock)
    await keys.learn('')
    const device = { ...enrolment, jwk, sign, keepAttestation: async () => {}, keyOf: keys.of }
    return minting(device, { post: posterTo(enrolment.tokenEndpoint), clock })
  }

  /** Asks the administrators' socket of one process. */
  async admin(path: string, input: object | null, at = 0): Promise<Readonly<Record<string, unknown>>> {
    const method = input === null ? 'GET' : 'POST'
    const sent = request({ socketPath: this.servers[at]?.socket, path, method })
    sent.end(input === null ? '' : JSON.stringify(input))
    const [response] = await once(sent, 'response')
    const body = JSON.parse(await text(response))
    if (response.statusCode !== 200) throw new Error(`${path}: ${body.error}`)
    return body
  }

  async stop(): Promise<void> {
    for (const { child } of this.servers) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    for (const socket of this.#sockets) socket.destroy()
    this.#front.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #startServer(at: number): Promise<FleetServer> {
    const folder = join(this.#folder, `server-${at}`)
    const files = ['--config', join(this.#folder, 'server.toml'), '--state', folder]
    const shared = ['--shared-key', join(this.#folder, 'shared-key')]
    const place = this.#database === null ? [] : ['--database', this.#database]
    const options = ['--disable-warning=ExperimentalWarning', main, ...files, ...shared, ...place]
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'ignore', 'pipe'] })
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error('a server did not start')))
      createInterface({ input: child.stderr }).on('line', (line) => {
        const said: { readonly what?: string; readonly address?: string } = JSON.parse(line)
        if (said.what === 'ready') resolve(said.address ?? '')
      })
    })
    return { child, port: Number(address.split(':')[1]), socket: join(folder, 'admin.sock') }
  }

  /** Hands a connection to the next process that takes it. */
  #pass(socket: Socket, tries: number): void {
    const server = this.servers[this.#turn++ % this.servers.length]
    if (server === undefined || tries > this.servers.length) return void socket.destroy()
    const other = connect(server.port, '127.0.0.1')
    let isThere = false
    for (const one of [socket, other]) {
      this.#sockets.add(one)
      one.on('close', () => this.#sockets.delete(one))
    }
    socket.on('error', () => other.destroy())
    other.once('connect', () => {
      isThere = true
      socket.pipe(other).pipe(socket)
    })
    other.on('error', () => (isThere ? socket.destroy() : this.#pass(socket, tries + 1)))
  }
}

type Enrolled = Omit<Parameters<typeof deviceMint>[0], 'joinState'>

function minting(
  device: Enrolled,
  { post: poster, clock }: { readonly post: Post; readonly clock: Clock },
): FleetDevice {
  let state: string | undefined
  let held: Sent | null = null
  let isHeld = false
  const taken: Sent[] = []
  const joinState = { read: async () => state, write: async (next: string) => void (state = next) }
  const post: Post = async (headers, form): Promise<Answer> => {
    const sent = { headers, form: form.toString() }
    held = sent
    if (isHeld) return { status: 503, headers: {}, body: '' }
    const answer = await poster(headers, form)
    if (answer.status === 200) taken.push(sent)
    return answer
  }
  const mint = deviceMint({ ...device, joinState }, { post, clock, random })
  const wanted = { resource: audience, scope: ['llm.infer:read'] }
  return {
    id: device.device,
    mint: () => mint(wanted),
    taken,
    async prepare() {
      isHeld = true
      await mint(wanted)
      isHeld = false
      if (held === null) throw new Error('nothing was sent')
      return held
    },
  }
}

/** Sends something to one process as it is, from an address of loopback. @returns The status. */
export async function sendTo(
  { port }: FleetServer,
  { headers, form }: Sent,
  from = '127.0.0.1',
): Promise<number> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const place = { host: '127.0.0.1', port, path: '/token', method: 'POST', localAddress: from }
  const sent = request({ ...place, headers: { ...headers, ...type } })
  sent.end(form)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}
