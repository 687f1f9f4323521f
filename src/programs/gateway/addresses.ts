// Which addresses a route may lead to: whatever a name resolves to is looked at before anything is sent there.
import { Fault } from '#base'
import { lookup as resolve, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Nobody's API is there: this network's own machinery, clouds' metadata, and what is no address of one machine. */
const never = listOf([
  '0.0.0.0/8',
  '100.100.100.200/32',
  '169.254.0.0/16',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'ff00::/8',
])

/** This machine and networks of one's own. */
const own = listOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::1/128',
  'fc00::/7',
])

/**
 * Refuses an address that the route may not lead to.
 * @param isPrivate The person says that the route leads to this machine or a network of their own.
 * @throws Fault `upstream-refused`
 * @see RFC 6890
 */
export function checkAddress(address: string, isPrivate: boolean): void {
  const plain = embedded(address) ?? address
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
  if (never.check(plain, family)) throw refused('an address where no API is')
  if (!isPrivate && own.check(plain, family)) throw refused('an address on a network of your own')
}

/** A `lookup` for sockets that gives only addresses which were checked: what was looked at is what is dialled. */
export function checkedLookup(isPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return done(error, '')
      try {
        for (const { address } of found) checkAddress(address, isPrivate)
        done(null, found)
      } catch (thrown) {
        done(thrown instanceof Error ? thrown : new Error('refused'), '')
      }
    })
  }
}

/** The IPv4 address that an IPv6 one carries: mapped, by NAT64, by 6to4. */
function embedded(address: string): string | null {
  if (isIP(address) !== 6) return null
  const groups = groupsOf(address)
  const start = groups.slice(0, 6).join(':')
  if (start === '0:0:0:0:0:65535' || start === '100:65435:0:0:0:0') return dotted(groups[6], groups[7])
  return groups[0] === 0x2002 ? dotted(groups[1], groups[2]) : null
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const host = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1)
  const [head = '', tail] = host.split('::')
  const front = parsed(head)
  if (tail === undefined) return front
  const back = parsed(tail)
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function parsed(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/')
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}

function refused(what: string): Fault {
  return new Fault('upstream-refused', `the route's host has ${what}`)
}
