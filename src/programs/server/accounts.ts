// Ids of people whom an identity provider knows.
import { base64url } from '#base'
import { createHash } from 'node:crypto'

/** The same person has the same id for ever; nobody can choose one. */
export function accountOf({
  issuer,
  subject,
}: {
  readonly issuer: string
  readonly subject: string
}): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest()
  return `usr_${base64url(Uint8Array.from(digest.subarray(0, 16)))}`
}
