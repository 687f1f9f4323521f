// Where the programs of one home meet: folders, files and the socket.
import { Fault, hex, utf8 } from '#base'
import { createHash } from 'node:crypto'

/** Folders and files of one home, as absolute paths. */
export interface Places {
  /** Folder of all state, mode 0700. */
  readonly home: string
  readonly config: string
  readonly policies: string
  readonly vault: string
  readonly journal: string
  readonly grants: string
  readonly run: string
  /** Where the socket lies by default. */
  readonly socket: string
  /** Holds the socket's path where the default would be too long for the system. */
  readonly socketRecord: string
}

/** What of the machine the places follow from. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The person's own folder. */
  readonly userFolder: string
  readonly platform: string
}

/** Bytes that a unix socket's path may have on every system we know. @see unix(7), `sun_path` */
const longestSocketPath = 100

/**
 * Finds the folders of a home: all below `KEYREEVE_HOME` if it is set, else by the platform's conventions.
 * @throws Fault `config-invalid` if `KEYREEVE_HOME` is no absolute path.
 */
export function placesOf({ env, userFolder, platform }: Surroundings): Places {
  const chosen = env['KEYREEVE_HOME']
  if (chosen !== undefined && chosen !== '') {
    if (!/^(\/|[A-Za-z]:[\\/])/.test(chosen))
      throw new Fault('config-invalid', 'KEYREEVE_HOME is no absolute path')
    const home = chosen.replace(/[\\/]+$/, '') || chosen
    return below(home, home)
  }
  if (platform === 'darwin') return below(`${userFolder}/Library/Application Support/Keyreeve`)
  if (platform === 'win32') return below(`${env['LOCALAPPDATA'] ?? `${userFolder}/AppData/Local`}/Keyreeve`)
  return below(
    `${absolute(env['XDG_STATE_HOME']) ?? `${userFolder}/.local/state`}/keyreeve`,
    `${absolute(env['XDG_CONFIG_HOME']) ?? `${userFolder}/.config`}/keyreeve`,
  )
}

/**
 * Where the socket of `places` must lie: in `run`, or, where that path is too long, in a folder of its own below the
 * runtime directory, whose name follows from the home.
 */
export function socketOf(places: Places, { env }: Pick<Surroundings, 'env'>): string {
  if (utf8(places.socket).length <= longestSocketPath) return places.socket
  const name = hex(createHash('sha256').update(places.home).digest()).slice(0, 16)
  return `${absolute(env['XDG_RUNTIME_DIR']) ?? '/tmp'}/keyreeve-${name}/broker.sock`
}

/** An XDG folder that is empty or relative counts as unset. @see XDG Base Directory Specification, section 2 */
function absolute(folder: string | undefined): string | undefined {
  return folder?.startsWith('/') === true ? folder : undefined
}

function below(home: string, config = home): Places {
  return {
    home,
    config: `${config}/config.toml`,
    policies: `${config}/policy`,
    vault: `${home}/vault`,
    journal: `${home}/journal`,
    grants: `${home}/grants`,
    run: `${home}/run`,
    socket: `${home}/run/broker.sock`,
    socketRecord: `${home}/run/socket-path`,
  }
}
