// Routes lie in the vault, where nobody leads a key elsewhere unseen; a key is lent only for the route that names it.
import { estimatedBits, Fault, guessableBelow, Secret, utf8, type Random } from '#base'
import type { Vault } from '#vault'
import { sealTo, type ReplyOf, type RequestOf, type Route } from '#wire'

const place = { kind: 'internal', name: 'routes' } as const
const mostRoutes = 256
/** As the table of known secrets has it. */
const leastBytes = 12

/** All routes, by name. */
export function routesIn(vault: Vault): readonly Route[] {
  if (!vault.has(place.kind, place.name)) return []
  using kept = vault.get(place.kind, place.name)
  const routes: Route[] = kept.lend((bytes) => JSON.parse(new TextDecoder().decode(bytes)))
  return routes
}

/** Sets or removes one. @throws Fault `route-unknown`; `secret-unknown` if the vault does not hold what it names; `busy` */
export function changeRoute(vault: Vault, change: RequestOf<'keeper.route'>): void {
  const name = 'put' in change ? change.put.name : change.remove
  const others = routesIn(vault).filter((route) => route.name !== name)
  if ('remove' in change) {
    routeNamed(vault, name)
    return keep(vault, others)
  }
  const { secret } = change.put
  if (secret !== null && !vault.has('secret', secret)) {
    throw new Fault('secret-unknown', 'the vault holds no secret of that name')
  }
  if (others.length >= mostRoutes) throw new Fault('busy', 'there are too many routes')
  keep(
    vault,
    [...others, change.put].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  )
}

/**
 * Lends the secret of a route, sealed to the gateway. The intent's number is bound in: what was sealed under one is
 * good under no other.
 * @throws Fault `route-unknown`, `secret-unknown`; `secret-unusable` for one that nobody could find in an answer
 */
export function lease(
  vault: Vault,
  { route, to, intent }: RequestOf<'keeper.lease'>,
  random: Random,
): ReplyOf<'keeper.lease'> {
  const { secret } = routeNamed(vault, route)
  if (secret === null) throw new Fault('secret-unknown', 'the route needs no secret')
  using value = vault.get('secret', secret)
  value.lend(requireFindable)
  return { sealed: sealTo(to, value, `gateway.lease\0${route}\0${intent}`, random) }
}

/** What the table of known secrets leaves out would come back unmasked. */
function requireFindable(bytes: Uint8Array): void {
  if (bytes.length < leastBytes || estimatedBits(bytes) < guessableBelow) {
    throw new Fault(
      'secret-unusable',
      'the secret is too short or too easily guessed to be masked in answers',
    )
  }
}

function routeNamed(vault: Vault, name: string): Route {
  const route = routesIn(vault).find((one) => one.name === name)
  if (route === undefined) throw new Fault('route-unknown', 'there is no route of that name')
  return route
}

function keep(vault: Vault, routes: readonly Route[]): void {
  using value = Secret.own(utf8(JSON.stringify(routes)))
  vault.put({ ...place, value })
}
