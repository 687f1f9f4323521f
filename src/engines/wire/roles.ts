// Who speaks on the wire, and in which phase of a connection.

/** Programs that the broker spawns, each on a pipe of its own, and clients of the unix socket, which declare their role. */
export type Role =
  | 'broker'
  | 'keeper'
  | 'reader'
  | 'editor'
  | 'console'
  | 'tokens'
  | 'gateway'
  | 'shim'
  | 'sdk'
  | 'cli'
  | 'watch'

/** Roles that a client of the unix socket may declare. */
export const clientRoles = ['shim', 'sdk', 'cli', 'watch'] as const

/** `greeting`: before `hello`. `locked`: the vault is shut. `ready`: all is open. */
export type Phase = 'greeting' | 'locked' | 'ready'

/** Version of frames and messages. Both sides of a connection must have the same. */
export const wireVersion = 1
