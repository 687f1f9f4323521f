// National ids of northern and eastern Europe.
import {
  isDay,
  isDdmmyy,
  isYymmdd,
  numberAt,
  passesLuhn,
  passesMod1110,
  spelled,
  weighted,
} from './pii-checks.ts'
import type { PiiRow } from './pii-form.ts'

const oecd =
  'https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/'

export function northernIds(): readonly PiiRow[] {
  return [...nordicIds(), ...balticIds(), ...easternIds(), ...southEasternIds()]
}

function nordicIds(): readonly PiiRow[] {
  return [
    {
      id: 'se-personnummer',
      forms: {
        'dddddd-dddd': 'likely',
        'dddddddd-dddd': 'certain',
        dddddddddd: 'named',
        dddddddddddd: 'named',
      },
      check: isPersonnummer,
      words: 'personnummer, personnr, person nr, samordningsnummer, pnr',
      named: 'certain',
      source: 'https://www.skatteverket.se/privat/folkbokforing/personnummer.4.3810a01c150939e893f18c29.html',
    },
    {
      id: 'no-national-id',
      forms: { ddddddddddd: 'likely', 'dddddd ddddd': 'likely' },
      check: isFodselsnummer,
      words: 'fødselsnummer, fodselsnummer, fnr, personnummer, d nummer',
      named: 'certain',
      source:
        'https://www.skatteetaten.no/en/person/national-registry/birth-and-name-selection/children-born-in-norway/national-id-number/',
    },
    {
      id: 'dk-cpr',
      forms: { 'dddddd-dddd': 'hint', dddddddddd: 'named', 'dddddd dddd': 'named' },
      check: (d) => isDdmmyy(d, 0),
      words: 'cpr, cpr nr, cpr nummer, personnummer',
      named: 'likely',
      source: 'https://www.cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret',
    },
    {
      id: 'fi-hetu',
      forms: { 'dddddd-dddx': 'certain', ddddddAdddx: 'certain' },
      check: isHetu,
      words: 'hetu, henkilötunnus, henkilotunnus, personbeteckning',
      named: 'certain',
      source: 'https://dvv.fi/en/personal-identity-code',
    },
    {
      id: 'is-kennitala',
      forms: { 'dddddd-dddd': 'likely', dddddddddd: 'named' },
      check: isKennitala,
      words: 'kennitala, kt',
      named: 'certain',
      source: 'https://www.skra.is/english/people/my-registration/id-numbers/',
    },
  ]
}

function balticIds(): readonly PiiRow[] {
  return [
    {
      id: 'ee-lt-personal-code',
      forms: { ddddddddddd: 'hint' },
      check: isBaltic,
      words: 'isikukood, asmens kodas, personal code',
      named: 'certain',
      source: 'https://www.riigiteataja.ee/en/eli/ee/516012017003/consolide',
    },
    {
      id: 'lv-personal-code',
      forms: { 'dddddd-ddddd': 'likely', ddddddddddd: 'named' },
      check: (d) =>
        isDdmmyy(d, 0) && d[10] === ((1101 - weighted(d, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10,
      words: 'personas kods, pers kods, personal code',
      named: 'certain',
      source: 'https://www.pmlp.gov.lv/en/personal-identity-number',
    },
  ]
}

function easternIds(): readonly PiiRow[] {
  return [
    {
      id: 'pl-pesel',
      forms: { ddddddddddd: 'hint' },
      check: (d) =>
        isDay(numberAt(d, 2, 2) % 20, numberAt(d, 4, 2)) &&
        (weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) + d[10]!) % 10 === 0,
      words: 'pesel',
      named: 'certain',
      source: 'https://www.gov.pl/web/gov/czym-jest-numer-pesel',
    },
    {
      id: 'cz-sk-birth-number',
      forms: { 'dddddd/dddd': 'likely', dddddddddd: 'named', 'dddddd/ddd': 'named' },
      check: isBirthNumber,
      words: 'rodné číslo, rodne cislo, rodné čislo, rč, rc, birth number',
      named: 'certain',
      source: 'https://www.zakonyprolidi.cz/cs/2000-133',
    },
    {
      id: 'ru-snils',
      forms: { 'ddd-ddd-ddd dd': 'certain', 'ddd-ddd-ddd-dd': 'certain', ddddddddddd: 'named' },
      check: (d) => (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === numberAt(d, 9, 2),
      words: 'snils, *СНИЛС*, *снилс*',
      named: 'certain',
      source: 'https://sfr.gov.ru/grazhdanam/snils/',
    },
    {
      id: 'ru-inn',
      forms: { dddddddddddd: 'named' },
      check: (d) =>
        d[10] === (weighted(d, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 &&
        d[11] === (weighted(d, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10,
      words: 'inn, *ИНН*, *инн*',
      named: 'certain',
      source: 'https://www.nalog.gov.ru/eng/',
    },
  ]
}

function southEasternIds(): readonly PiiRow[] {
  return [
    {
      id: 'ro-cnp',
      forms: { ddddddddddddd: 'hint' },
      check: isCnp,
      words: 'cnp, cod numeric personal',
      named: 'certain',
      source: 'https://hub.mai.gov.ro/',
    },
    {
      id: 'bg-egn',
      forms: { dddddddddd: 'named' },
      check: (d) =>
        isDay(numberAt(d, 2, 2) % 20, numberAt(d, 4, 2)) &&
        d[9] === (weighted(d, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10,
      words: 'egn, *ЕГН*, *егн*',
      named: 'certain',
      source: 'https://www.grao.bg/',
    },
    {
      id: 'hr-oib',
      forms: { ddddddddddd: 'named' },
      check: (d) => passesMod1110(d, 11),
      words: 'oib, osobni identifikacijski',
      named: 'certain',
      source: oecd,
    },
    {
      id: 'jmbg',
      forms: { ddddddddddddd: 'named' },
      check: (d) =>
        isDay(numberAt(d, 2, 2), numberAt(d, 0, 2)) &&
        weighted(d, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
      words: 'jmbg, emšo, emso, *ЈМБГ*, embg, matični broj, maticni broj',
      named: 'certain',
      source: 'https://www.gov.si/en/topics/emso/',
    },
  ]
}

/** Ten digits, or the century before them; days of coordination numbers go on by 60. */
function isPersonnummer(d: Uint8Array, length: number): boolean {
  const ten = d.subarray(length - 10, length)
  const day = numberAt(ten, 4, 2)
  const century = numberAt(d, 0, 2)
  const isCentury = length === 10 || (century >= 18 && century <= 20)
  return isCentury && isDay(numberAt(ten, 2, 2), day > 60 ? day - 60 : day) && passesLuhn(ten, 10)
}

/** Days of D numbers go on by 40, months of test persons by 40 or 80. */
function isFodselsnummer(d: Uint8Array): boolean {
  const day = numberAt(d, 0, 2) % 40
  return (
    isDay(numberAt(d, 2, 2) % 40, day) &&
    weighted(d, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(d, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  )
}

/** The sign between date and number tells the century: a hyphen, or one of eleven letters. */
function isHetu(d: Uint8Array, length: number): boolean {
  const isSigned = length === 10 || 'ABCDEFUVWXY'.includes(spelled(d[6]!))
  const number = numberAt(d, 0, 6) * 1000 + numberAt(d, length - 4, 3)
  const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31]
  return isSigned && isDdmmyy(d, 0) && numberAt(d, length - 4, 3) >= 2 && check === spelled(d[length - 1]!)
}

function isKennitala(d: Uint8Array): boolean {
  const isCentury = d[9] === 9 || d[9] === 0
  return isCentury && isDdmmyy(d, 0) && weighted(d, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
}

/** The first digit tells sex and century. Where the first weights give 10, others decide. */
function isBaltic(d: Uint8Array): boolean {
  if (d[0] === 0 || d[0] === 9 || !isYymmdd(d, 1)) return false
  const first = weighted(d, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const second = weighted(d, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return d[10] === (first < 10 ? first : second % 10)
}

/** Months of women go on by 50, and by 20 where numbers ran out. Before 1954 there was no check digit. */
function isBirthNumber(d: Uint8Array, length: number): boolean {
  const month = (numberAt(d, 2, 2) % 50) % 20
  if (!isDay(month, numberAt(d, 4, 2))) return false
  if (length === 9) return true
  const rest = numberAt(d, 0, 10) % 11
  return rest === 0 || (numberAt(d, 0, 9) % 11 === 10 && d[9] === 0)
}

function isCnp(d: Uint8Array): boolean {
  const check = weighted(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return d[0] !== 0 && isYymmdd(d, 1) && d[12] === (check === 10 ? 1 : check)
}
