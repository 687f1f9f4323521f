// The kinds of personal data that can be looked for; each is the id of its findings, too.

/** Ids of personal data. Stand in placeholders, findings and baselines: never renamed. */
export const piiIds = [
  'email',
  'payment-card',
  'iban',
  'phone-number',
  'ip-address',
  'private-ip-address',
  'ar-cuit',
  'at-svnr',
  'au-medicare',
  'au-tfn',
  'be-national-number',
  'bg-egn',
  'br-cnpj',
  'br-cpf',
  'ca-sin',
  'ch-ahv',
  'cl-rut',
  'cn-resident-id',
  'cz-sk-birth-number',
  'de-id-card',
  'de-tax-id',
  'dk-cpr',
  'ee-lt-personal-code',
  'es-dni',
  'es-nie',
  'fi-hetu',
  'fr-nir',
  'gr-amka',
  'hk-id-card',
  'hr-oib',
  'ie-pps',
  'il-id',
  'in-aadhaar',
  'in-pan',
  'is-kennitala',
  'it-fiscal-code',
  'jmbg',
  'jp-my-number',
  'kr-rrn',
  'lv-personal-code',
  'mx-curp',
  'my-nric',
  'nl-bsn',
  'no-national-id',
  'pk-cnic',
  'pl-pesel',
  'pt-nif',
  'ro-cnp',
  'ru-inn',
  'ru-snils',
  'se-personnummer',
  'sg-nric',
  'th-id',
  'tr-national-id',
  'tw-id',
  'uk-nhs-number',
  'uk-nino',
  'us-itin',
  'us-medicare',
  'us-ssn',
  'za-id',
] as const

export type PiiId = (typeof piiIds)[number]

/** What is looked for: one kind of personal data, or the national ids of all countries. */
export type PiiKind = PiiId | 'national-id'

const everywhere: readonly PiiId[] = [
  'email',
  'payment-card',
  'iban',
  'phone-number',
  'ip-address',
  'private-ip-address',
]

/** Addresses that mean nothing outside of their network are only looked for by name. */
const onRequest: ReadonlySet<PiiId> = new Set(['private-ip-address'])

/** The ids that a choice stands for; `true` is all that point to a person. */
export function chosenIds(choice: true | readonly PiiKind[]): ReadonlySet<PiiId> {
  if (choice === true) return new Set(piiIds.filter((id) => !onRequest.has(id)))
  return new Set(choice.flatMap((kind) => (kind === 'national-id' ? nationalIds() : [kind])))
}

function nationalIds(): PiiId[] {
  return piiIds.filter((id) => !everywhere.includes(id))
}
