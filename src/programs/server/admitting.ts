// Who of those that the identity provider knows is let in, to which tenant, and what their devices may ask for.
import type { SignInConfig } from './config.ts'

/** A person as the identity provider vouches for them. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  /** Only where the provider has verified it; lower case. */
  readonly email: string | undefined
  readonly groups: readonly string[]
  /** How to show the person. */
  readonly label: string
}

/** What a person is let in to. */
export interface Admitted {
  readonly tenant: string
  readonly scopes: readonly string[]
}

/** The first admission that fits; null where none does. @param everyScope For admissions that name none. */
export function admit(
  identity: Identity,
  admissions: SignInConfig['admit'],
  everyScope: readonly string[],
): Admitted | null {
  const found = admissions.find((admission) => fits(identity, admission))
  return found === undefined ? null : { tenant: found.tenant, scopes: found.scopes ?? everyScope }
}

function fits(
  { email, groups }: Identity,
  { domain, group, everyone }: SignInConfig['admit'][number],
): boolean {
  if (domain === undefined && group === undefined) return everyone === true
  const isOfDomain = domain === undefined || email?.slice(email.lastIndexOf('@') + 1) === domain
  return isOfDomain && (group === undefined || groups.includes(group))
}

/** Reads the claims of a checked ID token. What has another form than it should counts as left out. */
export function identityOf(
  issuer: string,
  claims: Readonly<Record<string, unknown>> & { readonly sub: string },
  groupsClaim: string,
): Identity {
  const { sub: subject, email, email_verified: isVerified, name } = claims
  const groups = claims[groupsClaim]
  const address = typeof email === 'string' && isVerified === true ? email.toLowerCase() : undefined
  return {
    issuer,
    subject,
    email: address,
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
    label: (address ?? (typeof name === 'string' && name !== '' ? name : subject)).slice(0, 128),
  }
}
