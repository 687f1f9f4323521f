// National ids of western and southern Europe. Sources are the issuers' own, or the OECD's collection of tax numbers.
import { isDay, isDdmmyy, numberAt, passesLuhn, passesMod1110, spelled, weighted } from './pii-checks.ts'
import type { PiiRow } from './pii-form.ts'

const oecd =
  'https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/'

export function westernIds(): readonly PiiRow[] {
  return [...britishIds(), ...germanIds(), ...iberianIds(), ...southernIds(), ...lowlandIds()]
}

function britishIds(): readonly PiiRow[] {
  return [
    {
      id: 'uk-nhs-number',
      forms: { dddddddddd: 'named', 'ddd ddd dddd': 'hint', 'ddd-ddd-dddd': 'hint' },
      check: (d) => d[9] === (11 - (weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11,
      words: 'nhs',
      named: 'certain',
      source: 'https://www.datadictionary.nhs.uk/attributes/nhs_number.html',
    },
    {
      id: 'uk-nino',
      forms: { AAddddddA: 'hint', 'AA dd dd dd A': 'likely', 'AA-dd-dd-dd-A': 'likely' },
      check: isNino,
      words: 'national insurance, nino, ni number, ni no, insurance number',
      named: 'certain',
      source: 'https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110',
    },
    {
      id: 'ie-pps',
      forms: { dddddddA: 'named', dddddddAA: 'named' },
      check: isPps,
      words: 'pps, ppsn, personal public service',
      named: 'certain',
      source:
        'https://www.gov.ie/en/department-of-social-protection/services/get-a-personal-public-service-pps-number/',
    },
  ]
}

function germanIds(): readonly PiiRow[] {
  return [
    {
      id: 'de-tax-id',
      forms: { ddddddddddd: 'hint', 'dd ddd ddd ddd': 'likely' },
      check: (d) => d[0] !== 0 && repeatsOneDigit(d) && passesMod1110(d, 11),
      words:
        'steuer id, steuerid*, steueridentifikations*, steuerliche id*, steuernummer, idnr, id nr, tin, tax id, ' +
        'tax identification',
      named: 'certain',
      source:
        'https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html',
    },
    {
      id: 'de-id-card',
      forms: { xxxxxxxxxd: 'named', 'xxxxxxxxx d': 'named', xxxxxxxxxdA: 'named' },
      check: isGermanDocument,
      words:
        'personalausweis*, ausweisnummer, ausweisnr, ausweis nr, ausweis, id card, identity card, reisepass*, perso',
      named: 'likely',
      source:
        'https://www.personalausweisportal.de/Webs/PA/DE/buergerinnen-und-buerger/der-personalausweis/der-personalausweis-node.html',
    },
    {
      id: 'at-svnr',
      forms: { dddddddddd: 'named', 'dddd dddddd': 'named', 'dddd-dddddd': 'named' },
      check: (d) =>
        d[0] !== 0 &&
        isBirthday(d[6]! * 10 + d[7]!, d[4]! * 10 + d[5]!) &&
        (weighted(d, [3, 7, 9]) + weighted(d, [5, 8, 4, 2, 1, 6], 4)) % 11 === d[3],
      words: 'svnr, sv nr, sv nummer, sozialversicherungs*, versicherungsnummer',
      named: 'certain',
      source: 'https://www.sozialversicherung.at/cdscontent/?contentid=10007.820902',
    },
    {
      id: 'ch-ahv',
      forms: { 'ddd.dddd.dddd.dd': 'certain', 'ddd dddd dddd dd': 'certain', ddddddddddddd: 'likely' },
      check: (d) =>
        numberAt(d, 0, 3) === 756 && weighted(d, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
      words: 'ahv, avs, ahvn13, navs13, sozialversicherungs*',
      named: 'certain',
      source: 'https://www.zas.admin.ch/zas/en/home/partenaires-et-institutions-/navs13.html',
    },
  ]
}

function iberianIds(): readonly PiiRow[] {
  return [
    {
      id: 'es-dni',
      forms: {
        ddddddddA: 'likely',
        'dddddddd-A': 'certain',
        'dd.ddd.ddd-A': 'certain',
        'dddddddd A': 'named',
      },
      check: (d) => d[8] === dniLetter(numberAt(d, 0, 8)),
      words: 'dni, nif, documento nacional, identidad',
      named: 'certain',
      source:
        'https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/',
    },
    {
      id: 'es-nie',
      forms: { AdddddddA: 'likely', 'A-ddddddd-A': 'certain', 'Addddddd-A': 'certain' },
      check: (d) => d[0]! >= 33 && d[8] === dniLetter((d[0]! - 33) * 10_000_000 + numberAt(d, 1, 7)),
      words: 'nie, nif, extranjero, identidad',
      named: 'certain',
      source:
        'https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/',
    },
  ]
}

function southernIds(): readonly PiiRow[] {
  return [
    {
      id: 'it-fiscal-code',
      forms: { AAAAAAxxAxxAxxxA: 'certain' },
      check: isFiscalCode,
      words: 'codice fiscale, cod fisc, cf, fiscal code',
      named: 'certain',
      source:
        'https://www.agenziaentrate.gov.it/portale/web/english/nse/individuals/tax-identification-number-for-foreign-citizens',
    },
    {
      id: 'pt-nif',
      forms: { ddddddddd: 'named', 'ddd ddd ddd': 'named' },
      check: (d) =>
        '1235689'.includes(String(d[0])) &&
        d[8] === tenIsZero(11 - (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)),
      words: 'nif, contribuinte, numero fiscal, número fiscal',
      named: 'certain',
      source: oecd,
    },
    {
      id: 'gr-amka',
      forms: { ddddddddddd: 'named' },
      check: (d) => isDdmmyy(d, 0) && passesLuhn(d, 11),
      words: 'amka, *αμκα*, *ΑΜΚΑ*',
      named: 'certain',
      source: 'https://www.amka.gr/',
    },
  ]
}

function lowlandIds(): readonly PiiRow[] {
  return [
    {
      id: 'nl-bsn',
      forms: { ddddddddd: 'named', 'dddd.dd.ddd': 'named', 'ddd.ddd.ddd': 'named', 'dddd dd ddd': 'named' },
      check: (d) => weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, 10]) % 11 === 0,
      words:
        'bsn, burgerservicenummer, burger service nummer, sofinummer, sofi nummer, citizen service number',
      named: 'certain',
      source: 'https://www.rvig.nl/bsn',
    },
    {
      id: 'fr-nir',
      forms: {
        ddddddddddddddd: 'likely',
        ddddddAdddddddd: 'likely',
        'd dd dd dd ddd ddd dd': 'certain',
        'd dd dd dA ddd ddd dd': 'certain',
        'd dd dd dd ddd ddd-dd': 'certain',
      },
      check: isNir,
      words: 'nir, insee, sécurité sociale, securite sociale, sécu, numéro de sécu*, secu, social security',
      named: 'certain',
      source: 'https://www.insee.fr/fr/metadonnees/definition/c1409',
    },
    {
      id: 'be-national-number',
      forms: { ddddddddddd: 'likely', 'dd.dd.dd-ddd.dd': 'certain', 'dd.dd.dd-ddd-dd': 'certain' },
      check: isBelgian,
      words:
        'rijksregisternummer, rijksregister, registre national, numéro national, national number, niss, insz, nrn',
      named: 'certain',
      source: 'https://www.ibz.rrn.fgov.be/en/national-register/',
    },
  ]
}

function isNino(d: Uint8Array): boolean {
  const prefix = spelled(d[0]!) + spelled(d[1]!)
  return (
    /^[A-CEGHJ-PRSTW-Z][A-CEGHJ-NPRSTW-Z]$/.test(prefix) &&
    !/^(?:BG|GB|KN|NK|NT|TN|ZZ)$/.test(prefix) &&
    d[8]! <= 13
  )
}

/** A second letter counts ninefold; W is none. */
function isPps(d: Uint8Array, length: number): boolean {
  const second = length === 9 && d[8] !== 32 ? d[8]! - 9 : 0
  const sum = weighted(d, [8, 7, 6, 5, 4, 3, 2]) + 9 * second
  return second <= 9 && d[7] === (sum % 23 === 0 ? 32 : (sum % 23) + 9)
}

/** Of the first ten digits one stands there two or three times, all others once or not at all. */
function repeatsOneDigit(d: Uint8Array): boolean {
  const counts = new Uint8Array(10)
  for (const digit of d.subarray(0, 10)) counts[digit]!++
  const repeated = counts.filter((count) => count > 1)
  return repeated.length === 1 && repeated[0]! <= 3
}

/** Nine digits or letters that no one takes for vowels or each other, then a check digit, then perhaps the country. */
function isGermanDocument(d: Uint8Array, length: number): boolean {
  const document = Array.from(d.subarray(0, 9), spelled).join('')
  return (
    /^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}$/.test(document) &&
    /\d/.test(document) &&
    weighted(d, [7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 === d[9] &&
    (length === 10 || d[10] === 13)
  )
}

/** Without a known birthday the months go on to 15. */
function isBirthday(month: number, day: number): boolean {
  return isDay(month > 12 && month <= 15 ? 1 : month, day)
}

/** The departments of Corsica count as 19 and 18. */
function isNir(d: Uint8Array): boolean {
  const letterOrDigit = d[6]!
  if (!'123478'.includes(String(d[0])) || !isNirMonth(numberAt(d, 3, 2))) return false
  if (letterOrDigit > 11 || (letterOrDigit > 9 && d[5] !== 2)) return false
  const department = letterOrDigit > 9 ? 29 - letterOrDigit : d[5]! * 10 + letterOrDigit
  const number = (numberAt(d, 0, 5) * 100 + department) * 1_000_000 + numberAt(d, 7, 6)
  return 97 - (number % 97) === numberAt(d, 13, 2)
}

/** From 20 on for those whose month of birth is not known. */
function isNirMonth(month: number): boolean {
  return (month >= 1 && month <= 12) || month >= 20
}

function dniLetter(number: number): number {
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charCodeAt(number % 23) - 0x37
}

const oddDigits = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
const oddLetters = [...oddDigits, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Digits may be spelled as letters where two persons would share a code. */
function isFiscalCode(d: Uint8Array): boolean {
  const isSpelled = [6, 7, 9, 10, 12, 13, 14].every((at) => d[at]! < 10 || (d[at]! >= 21 && d[at]! <= 31))
  if (!isSpelled || !'ABCDEHLMPRST'.includes(spelled(d[8]!))) return false
  let sum = 0
  for (let at = 0; at < 15; at++) {
    const value = d[at]!
    const letter = value < 10 ? value : value - 10
    sum += at % 2 === 1 ? letter : (value < 10 ? oddDigits : oddLetters)[letter]!
  }
  return d[15] === (sum % 26) + 10
}

function tenIsZero(check: number): number {
  return check >= 10 ? 0 : check
}

/** Months of those whose sex or status is not known go on by 20 and 40. */
function isBelgian(d: Uint8Array): boolean {
  const first = numberAt(d, 0, 9)
  const check = numberAt(d, 9, 2)
  const month = numberAt(d, 2, 2) % 20
  const isDated = month <= 12 && numberAt(d, 4, 2) <= 31
  return isDated && (97 - (first % 97) === check || 97 - ((2_000_000_000 + first) % 97) === check)
}
