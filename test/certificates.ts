// An authority of a test, and the certificates that it signs, as PEM files. By Debian's openssl.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Why there can be none, or false. */
export const noOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl'

/** A certificate and its key, files. */
export interface Certified {
  readonly certificate: string
  readonly key: string
}

/** Signs certificates that last two days. */
export class Authority {
  readonly #folder: string
  readonly certificate: string
  readonly #key: string

  constructor(folder: string, name = 'authority') {
    this.#folder = folder
    const { certificate, key } = this.#make(name, ['-subj', `/CN=${name}`])
    this.certificate = certificate
    this.#key = key
  }

  /** For a server on loopback, or of other names. */
  server(names = 'IP:127.0.0.1,DNS:localhost'): Certified {
    const name = ['-subj', '/CN=server', '-addext', `subjectAltName=${names}`]
    return this.#make('server', [...name, ...this.#signed()])
  }

  /** For a person. */
  person(name: string, file: string = name): Certified {
    return this.#make(file, ['-subj', `/CN=${name}`, ...this.#signed()])
  }

  #signed(): string[] {
    return ['-CA', this.certificate, '-CAkey', this.#key]
  }

  #make(name: string, more: readonly string[]): Certified {
    const certificate = join(this.#folder, `${name}.pem`)
    const key = join(this.#folder, `${name}.key`)
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate, ...more], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    return { certificate, key }
  }
}
