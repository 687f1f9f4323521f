// Knows sensitive files by how they begin, whatever they are called: keys, stores of passwords, databases of browsers.
import { readAt } from '#files'

/** Enough for the schema of a browser's database, and for the keys of a settings file. */
const headBytes = 64 * 1024

interface Kind {
  /** A class that policies name. */
  readonly name: string
  /** What the first 16 bytes look like, in hexadecimal. */
  readonly magic?: RegExp
  /** What the head of such a file fits, each of them; one character a byte. Each takes linear time. */
  readonly signs?: readonly RegExp[]
}

const kinds: readonly Kind[] = [
  { name: 'private-key', signs: [/^\s{0,64}-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/] },
  { name: 'private-key', signs: [/^PuTTY-User-Key-File-\d/] },
  { name: 'private-key', signs: [/^(?:# [^\n]{0,200}\n){0,4}AGE-SECRET-KEY-(?:PQ-)?1/] },
  // Java's key stores, and PKCS #12: a sequence that begins with the version 3.
  { name: 'private-key', magic: /^(?:feedfeed|cececece)0000000[12]/ },
  { name: 'private-key', magic: /^30(?:82....|81..|[1-7].)02010330/ },
  { name: 'password-store', magic: /^03d9a29a6[567]fb4bb5/ },
  // macOS and GNOME.
  { name: 'keychain', magic: /^(?:6b79636800|476e6f6d654b657972696e670a0d000a)/ },
  // Tables that only browsers have; Firefox's passwords; Chromium's file with the key to its own.
  {
    name: 'browser-profile',
    magic: /^53514c69746520666f726d6174203300/,
    signs: [
      /CREATE TABLE (?:logins ?\(origin_url|moz_cookies|cookies ?\(creation_utc|moz_logins|credit_cards ?\(guid)/,
    ],
  },
  { name: 'browser-profile', signs: [/^\{"nextId":\d{1,9},"logins":\[/] },
  { name: 'browser-profile', signs: [/^\{/, /"os_crypt":\{/, /"encrypted_key":"/] },
  { name: 'cloud-credentials', signs: [/^\s{0,64}\{/, /"type": ?"service_account"/, /"private_key": ?"/] },
  { name: 'cloud-credentials', signs: [/^[ \t]{0,8}aws_secret_access_key[ \t]{0,8}=/im] },
  { name: 'kube', signs: [/^(?:apiVersion: v1|kind: Config)$/m, /^ {0,16}(?:client-key-data|token): \S/m] },
  { name: 'package-credentials', signs: [/^(?:\/\/[\w.:/-]{1,200}:)?_(?:authToken|password|auth) ?=/m] },
  {
    name: 'package-credentials',
    signs: [/^machine[ \t]\S{1,200}\s{1,8}login[ \t]\S{1,200}\s{1,8}password[ \t]/m],
  },
]

/**
 * Names the classes that a file's beginning gives away.
 * @param fd Open for reading. The content is attacker-controlled: it can hide what it is, and can claim to be more.
 * @throws Fault `path-unreadable`
 */
export function kindsOf(fd: number): string[] {
  const head = Buffer.from(readAt(fd, 0, headBytes))
  const beginning = head.toString('hex', 0, 16)
  const text = head.toString('latin1')
  const found = kinds.filter(
    ({ magic, signs = [] }) => magic?.test(beginning) !== false && signs.every((sign) => sign.test(text)),
  )
  return [...new Set(found.map(({ name }) => name))]
}
