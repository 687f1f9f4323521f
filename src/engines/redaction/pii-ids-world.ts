// National ids of the Americas, Asia, Africa and Oceania.
import { isDay, isYymmdd, numberAt, passesLuhn, passesVerhoeff, spelled, weighted } from './pii-checks.ts'
import type { PiiRow } from './pii-form.ts'

const oecd =
  'https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/'

export function worldIds(): readonly PiiRow[] {
  return [
    ...northAmericanIds(),
    ...latinAmericanIds(),
    ...chineseIds(),
    ...asianIds(),
    ...southEastAsianIds(),
    ...westAsianIds(),
    ...southernIds(),
  ]
}

function northAmericanIds(): readonly PiiRow[] {
  return [
    {
      id: 'us-ssn',
      forms: { 'ddd-dd-dddd': 'likely', 'ddd dd dddd': 'named', ddddddddd: 'named' },
      check: (d) => isSsnArea(numberAt(d, 0, 3)) && numberAt(d, 3, 2) > 0 && numberAt(d, 5, 4) > 0,
      words: 'ssn, ssns, social security, soc sec, social, ss number, ss no',
      named: 'likely',
      source: 'https://www.ssa.gov/employer/randomization.html',
    },
    {
      id: 'us-itin',
      forms: { 'ddd-dd-dddd': 'likely', ddddddddd: 'named' },
      check: (d) => d[0] === 9 && isItinGroup(numberAt(d, 3, 2)),
      words: 'itin, taxpayer, tin, tax id',
      named: 'likely',
      source: 'https://www.irs.gov/tin/itin/individual-taxpayer-identification-number-itin',
    },
    {
      id: 'us-medicare',
      forms: { 'dAxd-Axd-AAdd': 'likely', dAxdAxdAAdd: 'named' },
      check: (d) =>
        d[0] !== 0 && !Array.from(d.subarray(0, 11), spelled).some((char) => 'SLOIBZ'.includes(char)),
      words: 'medicare, mbi, beneficiary',
      named: 'certain',
      source: 'https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi',
    },
    {
      id: 'ca-sin',
      forms: { 'ddd ddd ddd': 'hint', 'ddd-ddd-ddd': 'hint', ddddddddd: 'named' },
      check: (d) => d[0] !== 0 && d[0] !== 8 && passesLuhn(d, 9),
      words: 'sin, social insurance, numéro d assurance sociale, nas, assurance sociale',
      named: 'certain',
      source: 'https://www.canada.ca/en/employment-social-development/services/sin.html',
    },
  ]
}

function latinAmericanIds(): readonly PiiRow[] {
  return [
    {
      id: 'mx-curp',
      forms: { AAAAddddddAAAAAAxd: 'certain' },
      check: isCurp,
      words: 'curp',
      named: 'certain',
      source: 'https://www.gob.mx/curp/',
    },
    {
      id: 'br-cpf',
      forms: { 'ddd.ddd.ddd-dd': 'certain', ddddddddddd: 'hint' },
      check: isCpf,
      words: 'cpf, cadastro de pessoa*',
      named: 'certain',
      source: 'https://www.gov.br/receitafederal/pt-br/assuntos/meu-cpf',
    },
    {
      id: 'br-cnpj',
      forms: { 'xx.xxx.xxx/xxxx-dd': 'certain', dddddddddddddd: 'named' },
      check: isCnpj,
      words: 'cnpj, cadastro nacional',
      named: 'certain',
      source:
        'https://www.gov.br/receitafederal/pt-br/acesso-a-informacao/acoes-e-programas/programas-e-atividades/cnpj-alfanumerico',
    },
    {
      id: 'cl-rut',
      forms: {
        'dd.ddd.ddd-x': 'certain',
        'd.ddd.ddd-x': 'certain',
        'dddddddd-x': 'likely',
        'ddddddd-x': 'named',
      },
      check: isRut,
      words: 'rut, run, rol unico, rol único, cedula, cédula',
      named: 'certain',
      source: oecd,
    },
    {
      id: 'ar-cuit',
      forms: { 'dd-dddddddd-d': 'certain', ddddddddddd: 'named' },
      check: isCuit,
      words: 'cuit, cuil, clave unica, clave única',
      named: 'certain',
      source: 'https://www.afip.gob.ar/',
    },
  ]
}

function chineseIds(): readonly PiiRow[] {
  return [
    {
      id: 'cn-resident-id',
      forms: { dddddddddddddddddx: 'certain' },
      check: isResidentId,
      words: '*身份证*, *身份證*, resident id, id card, id number, citizen id, *公民*',
      named: 'certain',
      source: 'https://openstd.samr.gov.cn/bzgk/gb/newGbInfo?hcno=080D6FBF2BB468F9007657F26D60013E',
    },
    {
      id: 'tw-id',
      forms: { Addddddddd: 'hint' },
      check: isTaiwanese,
      words: '*身分證*, *身份證*, *統一編號*, national id, id number',
      named: 'certain',
      source: 'https://www.ris.gov.tw/',
    },
    {
      id: 'hk-id-card',
      forms: { 'Adddddd(x)': 'certain' },
      check: (d) =>
        (9 * 36 + weighted(d, [8, 7, 6, 5, 4, 3, 2, 1])) % 11 === 0 && (d[7]! <= 9 || d[7] === 10),
      words: 'hkid, identity card, id card, *身份證*',
      named: 'certain',
      source: 'https://www.immd.gov.hk/eng/services/hkid.html',
    },
  ]
}

function asianIds(): readonly PiiRow[] {
  return [
    {
      id: 'in-aadhaar',
      forms: { 'dddd dddd dddd': 'likely', 'dddd-dddd-dddd': 'likely', dddddddddddd: 'named' },
      check: (d) => d[0]! >= 2 && passesVerhoeff(d, 12),
      words: 'aadhaar, aadhar, adhaar, uidai, uid, *आधार*',
      named: 'certain',
      source: 'https://uidai.gov.in/en/my-aadhaar/about-your-aadhaar.html',
    },
    {
      id: 'in-pan',
      forms: { AAAAAddddA: 'hint' },
      check: (d) => 'ABCFGHJLPT'.includes(spelled(d[3]!)),
      words: 'pan, permanent account, income tax',
      named: 'certain',
      source: 'https://incometaxindia.gov.in/Pages/tax-services/permanent-account-number.aspx',
    },
    {
      id: 'jp-my-number',
      forms: { 'dddd dddd dddd': 'hint', 'dddd-dddd-dddd': 'hint', dddddddddddd: 'named' },
      check: isMyNumber,
      words: 'my number, individual number, *マイナンバー*, *個人番号*',
      named: 'certain',
      source: 'https://www.digital.go.jp/en/policies/mynumber',
    },
    {
      id: 'kr-rrn',
      forms: { 'dddddd-ddddddd': 'likely', ddddddddddddd: 'named' },
      check: (d) => isYymmdd(d, 0) && d[6] !== 0 && d[6] !== 9,
      words: '*주민등록번호*, *주민번호*, rrn, resident registration',
      named: 'certain',
      source: 'https://www.law.go.kr/LSW/eng/engLsSc.do?menuId=2&query=RESIDENT%20REGISTRATION%20ACT',
    },
  ]
}

function southEastAsianIds(): readonly PiiRow[] {
  return [
    {
      id: 'sg-nric',
      forms: { AdddddddA: 'likely' },
      check: isNric,
      words: 'nric, fin, identity card',
      named: 'certain',
      source: 'https://www.ica.gov.sg/documents/ic',
    },
    {
      id: 'my-nric',
      forms: { 'dddddd-dd-dddd': 'likely', dddddddddddd: 'named' },
      check: (d) => isYymmdd(d, 0) && numberAt(d, 6, 2) >= 1 && numberAt(d, 6, 2) <= 99,
      words: 'mykad, nric, kad pengenalan, no kp, ic number, ic no',
      named: 'certain',
      source: 'https://www.jpn.gov.my/en/core-business/identity-card',
    },
    {
      id: 'th-id',
      forms: { 'd-dddd-ddddd-dd-d': 'certain', 'd dddd ddddd dd d': 'certain', ddddddddddddd: 'named' },
      check: (d) =>
        d[0] !== 0 &&
        d[0] !== 9 &&
        d[12] === (11 - (weighted(d, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10,
      words: '*บัตรประชาชน*, *เลขประจำตัว*, thai id, citizen id, national id',
      named: 'certain',
      source: 'https://www.bora.dopa.go.th/',
    },
  ]
}

function westAsianIds(): readonly PiiRow[] {
  return [
    {
      id: 'pk-cnic',
      forms: { 'ddddd-ddddddd-d': 'likely', ddddddddddddd: 'named' },
      check: (d) => d[0] !== 0 && d[0]! <= 8,
      words: 'cnic, nicop, nadra',
      named: 'likely',
      source: 'https://www.nadra.gov.pk/national-identity-card-nic/',
    },
    {
      id: 'il-id',
      forms: { ddddddddd: 'named' },
      check: (d) => passesLuhn(d, 9),
      words: '*תעודת זהות*, teudat zehut, israeli id, mispar zehut',
      named: 'certain',
      source: oecd,
    },
    {
      id: 'tr-national-id',
      forms: { ddddddddddd: 'hint' },
      check: isTckn,
      words: 'tckn, tc kimlik, tc no, kimlik no, kimlik, t c kimlik',
      named: 'certain',
      source: 'https://www.nvi.gov.tr/',
    },
  ]
}

function southernIds(): readonly PiiRow[] {
  return [
    {
      id: 'za-id',
      forms: { ddddddddddddd: 'hint', 'dddddd dddd ddd': 'likely' },
      check: (d) => isYymmdd(d, 0) && d[10]! <= 1 && passesLuhn(d, 13),
      words: 'said, sa id, south african id, rsa id, id number, identity number',
      named: 'certain',
      source: 'https://www.gov.za/services/personal-identification/get-identity-document-id',
    },
    {
      id: 'au-tfn',
      forms: { 'ddd ddd ddd': 'hint', ddddddddd: 'named' },
      check: (d) => weighted(d, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
      words: 'tfn, tax file',
      named: 'certain',
      source: 'https://www.ato.gov.au/individuals-and-families/tax-file-number',
    },
    {
      id: 'au-medicare',
      forms: { 'dddd ddddd d': 'hint', dddddddddd: 'named', 'dddd ddddd d/d': 'hint' },
      check: (d) =>
        d[0]! >= 2 && d[0]! <= 6 && d[8] === weighted(d, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 && d[9] !== 0,
      words: 'medicare',
      named: 'certain',
      source: 'https://www.servicesaustralia.gov.au/medicare-cards',
    },
  ]
}

function isSsnArea(area: number): boolean {
  return area > 0 && area !== 666 && area < 900
}

function isItinGroup(group: number): boolean {
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 99 && group !== 89 && group !== 93)
}

/** Values as in the alphabet with an Ñ behind the N. */
function isCurp(d: Uint8Array): boolean {
  if (!isYymmdd(d, 4) || !'HMX'.includes(spelled(d[10]!))) return false
  let sum = 0
  for (let at = 0; at < 17; at++) sum += (d[at]! + Number(d[at]! >= 24)) * (18 - at)
  return d[17] === (10 - (sum % 10)) % 10
}

function isCpf(d: Uint8Array): boolean {
  return (
    d[9] === ((weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10 &&
    d[10] === ((weighted(d, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  )
}

/** Since 2026 the first twelve may be letters, which count by their place in ASCII behind the zero. */
function isCnpj(d: Uint8Array): boolean {
  const values = d.subarray(0, 14).map((value) => (value > 9 ? value + 7 : value))
  const weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
  return d[12] === checkOf(weighted(values, weights)) && d[13] === checkOf(weighted(values, [6, ...weights]))
}

function checkOf(sum: number): number {
  return sum % 11 < 2 ? 0 : 11 - (sum % 11)
}

/** Weights 2 to 7 over and over from the right; ten is spelled K. */
function isRut(d: Uint8Array, length: number): boolean {
  let sum = 0
  for (let at = length - 2, weight = 2; at >= 0; at--, weight = weight === 7 ? 2 : weight + 1)
    sum += d[at]! * weight
  const check = (11 - (sum % 11)) % 11
  return d[length - 1] === (check === 10 ? 20 : check)
}

function isCuit(d: Uint8Array): boolean {
  const check = (11 - (weighted(d, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return (
    [20, 23, 24, 25, 26, 27, 30, 33, 34].includes(numberAt(d, 0, 2)) && d[10] === (check === 10 ? 9 : check)
  )
}

/** @see GB 11643-1999 */
function isResidentId(d: Uint8Array): boolean {
  const year = numberAt(d, 6, 4)
  const check = '10X98765432'[weighted(d, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11]
  return (
    d[0]! >= 1 &&
    d[0]! <= 8 &&
    year >= 1880 &&
    year <= 2099 &&
    isDay(numberAt(d, 10, 2), numberAt(d, 12, 2)) &&
    check === spelled(d[17]!)
  )
}

function isTaiwanese(d: Uint8Array): boolean {
  const letter = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(spelled(d[0]!)) + 10
  const isSex = d[1] === 1 || d[1] === 2 || d[1] === 8 || d[1] === 9
  const sum = Math.floor(letter / 10) + (letter % 10) * 9 + weighted(d, [8, 7, 6, 5, 4, 3, 2, 1, 1], 1)
  return isSex && sum % 10 === 0
}

function isMyNumber(d: Uint8Array): boolean {
  const rest = weighted(d, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return d[11] === (rest <= 1 ? 0 : 11 - rest)
}

function isNric(d: Uint8Array): boolean {
  const prefix = spelled(d[0]!)
  const letters = 'ST'.includes(prefix) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK'
  const isNew = prefix === 'T' || prefix === 'G'
  const sum = weighted(d, [2, 7, 6, 5, 4, 3, 2], 1) + (isNew ? 4 : 0)
  return 'STFG'.includes(prefix) && spelled(d[8]!) === letters[sum % 11]
}

function isTckn(d: Uint8Array): boolean {
  const odd = d[0]! + d[2]! + d[4]! + d[6]! + d[8]!
  const even = d[1]! + d[3]! + d[5]! + d[7]!
  const first = (7 * odd - even + 20) % 10
  return d[0] !== 0 && first === d[9] && (odd + even + first) % 10 === d[10]
}
