// Names of the matrix lead to this machine, in whatever process loads this first.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

const { lookup, promises } = dns
const here = { address: '127.0.0.1', family: 4 }
const asked = promises.lookup

dns.lookup = (host, options, done) => {
  const callback = typeof options === 'function' ? options : done
  if (!isOurs(host)) return lookup(host, options, done)
  const isAll = typeof options === 'object' && options?.all === true
  return process.nextTick(() => (isAll ? callback(null, [here]) : callback(null, here.address, here.family)))
}
promises.lookup = async (host, options) =>
  isOurs(host) ? (options?.all === true ? [here] : here) : asked(host, options)
syncBuiltinESMExports()

function isOurs(host) {
  return String(host).endsWith('.test')
}
