// Known secrets for whoever holds their plaintext.
import type { Random, Secret } from '#base'
import { knownTable, type Left } from '#forms'
import { parseKnownSecrets, type KnownSecrets } from '#known'

/**
 * Known secrets where their plaintext is: each in every encoding, and the secrets within it.
 * @param random Gives the keys from which all hashes are made.
 * @returns To be handed to a scan, and `left`: the secrets that will not be found, each with the reason.
 */
export function knownSecrets(
  secrets: readonly { readonly name: string; readonly secret: Secret }[],
  random: Random,
): KnownSecrets & { readonly left: readonly Left[] } {
  const { table, left } = knownTable(secrets, random)
  return Object.assign(parseKnownSecrets(table), { left })
}
