// Ids that look random and open nothing: hashes, digests, trace ids, UUIDs. None is masked, however it is written.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { scan } from './redact.ts'

let count = 0

/** Bytes that look random and are the same each time. */
function digest(algorithm: string): Buffer {
  return createHash(algorithm).update(`id ${count++}`).digest()
}

const sha1 = (): string => digest('sha1').toString('hex')
const sha256 = (): string => digest('sha256').toString('hex')
const sha512 = (): string => digest('sha512').toString('hex')
const md5 = (): string => digest('md5').toString('hex')
const short = (): string => sha1().slice(0, 7 + (count % 6))
const traceId = (): string => md5()
const spanId = (): string => md5().slice(0, 16)
const base64 = (algorithm: string): string => digest(algorithm).toString('base64')
const uuid = (): string => {
  const hex = md5()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
const ulid = (): string =>
  `01${Array.from(digest('sha256').subarray(0, 24), (byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte % 32]).join('')}`
const decimal = (digits: number): string => BigInt(`0x${sha256()}`).toString().slice(0, digits)

/** One line for each notation. */
const lines: Readonly<Record<string, () => string>> = {
  'git log': () => `commit ${sha1()} (HEAD -> main, tag: v1.2.${count})`,
  'git oneline': () => `${short()} base: one machine clock for every main`,
  'git diff': () => `index ${short()}..${short()} 100644`,
  'git merge': () => `Merge: ${short()} ${short()}`,
  'git tree': () => `100644 blob ${sha1()}\tsrc/index.ts`,
  'git submodule': () => ` ${sha1()} vendor/zlib (v1.3-${count}-g${short()})`,
  'git json': () => `{"commit":"${sha1()}","parent":"${sha1()}","tree":"${sha1()}"}`,
  'git env': () => `GIT_SHA=${sha1()}`,
  'git yaml': () => `  revision: ${sha1()}`,
  'git url': () => `https://example.com/owner/repo/commit/${sha1()}`,
  'git action': () => `uses: actions/checkout@${sha1()} # v4`,
  'git range': () => `https://example.com/owner/repo/compare/${short()}...${short()}`,
  integrity: () => `      "integrity": "sha512-${base64('sha512')}",`,
  'integrity list': () => `integrity="sha256-${base64('sha256')} sha384-${base64('sha384')}"`,
  'integrity yaml': () => `    resolution: {integrity: sha512-${base64('sha512')}}`,
  'yarn checksum': () => `  checksum: 10c0/${sha512()}`,
  'cargo checksum': () => `checksum = "${sha256()}"`,
  'go sum': () => `golang.org/x/sys v0.1.0 h1:${base64('sha256')}`,
  'pip hash': () => `    --hash=sha256:${sha256()} \\`,
  'poetry hash': () => `    {file = "pkg.whl", hash = "sha256:${sha256()}"},`,
  'csp hash': () => `script-src 'self' 'sha256-${base64('sha256')}'`,
  sha256sum: () => `${sha256()}  node-v26.10.0-linux-x64.tar.xz`,
  md5sum: () => `${md5()} *image.iso`,
  'nix hash': () => `  hash = "sha256-${base64('sha256')}";`,
  docker: () => `FROM node@sha256:${sha256()}`,
  'docker digest': () => `Digest: sha256:${sha256()}`,
  'docker id': () => `${sha256().slice(0, 12)}   nginx   "/docker-entrypoint.…"   2 hours ago`,
  'docker layer': () =>
    `{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:${sha256()}"}`,
  etag: () => `ETag: "${md5()}"`,
  'etag weak': () => `etag: W/"${sha1().slice(0, 4)}-${base64('sha1').slice(0, 27)}"`,
  'if-none-match': () => `If-None-Match: "${sha1()}"`,
  's3 etag': () => `"ETag": "\\"${md5()}-12\\"",`,
  'content hash': () => `dist/assets/index-${base64('md5').slice(0, 8).replaceAll(/[+/=]/g, '_')}.js 12.3 kB`,
  'content hash dot': () => `main.${md5().slice(0, 20)}.chunk.css`,
  'content md5': () => `Content-MD5: ${base64('md5')}`,
  'digest header': () => `Repr-Digest: sha-256=:${base64('sha256')}:`,
  traceparent: () => `traceparent: 00-${traceId()}-${spanId()}-01`,
  'trace json': () => `{"trace_id":"${traceId()}","span_id":"${spanId()}","trace_flags":"01"}`,
  'trace camel': () => `traceId=${traceId()} spanId=${spanId()} parentSpanId=${spanId()}`,
  'trace yaml': () => `trace.id: ${traceId()}`,
  b3: () => `b3: ${traceId()}-${spanId()}-1`,
  'datadog trace': () => `dd.trace_id=${decimal(19)} dd.span_id=${decimal(18)}`,
  'amazon trace': () => `X-Amzn-Trace-Id: Root=1-${md5().slice(0, 8)}-${md5().slice(0, 24)}`,
  'cloud trace': () => `X-Cloud-Trace-Context: ${traceId()}/${decimal(18)};o=1`,
  'request id': () => `x-request-id: ${uuid()}`,
  'request id log': () => `[${uuid()}] GET /health 200`,
  'correlation id': () => `"correlationId": "${uuid()}",`,
  'uuid upper': () => `{${uuid().toUpperCase()}}`,
  'uuid urn': () => `urn:uuid:${uuid()}`,
  'uuid path': () => `/api/v1/items/${uuid()}/edit?session=${count}`,
  'uuid plain': () => `id=${md5()} name=x`,
  ulid: () => `event_id=${ulid()}`,
  'mongo id': () => `ObjectId("${sha1().slice(0, 24)}")`,
  snowflake: () => `"message_id": "${decimal(18)}",`,
  'cache key': () => `cache hit for key ${sha256()}`,
  'cache entry': () => `Cache saved with key: node-cache-Linux-x64-npm-${sha256()}`,
  'build id': () => `BuildID[sha1]=${sha1()}, stripped`,
  'gnu build': () => `build id: ${short()}-${decimal(10)}`,
  'kernel oops': () => `RIP: 0010:0x${spanId()} CR2: ${spanId()}`,
  'block hash': () => `block 0x${sha256()} height ${decimal(6)}`,
  fingerprint: () => `SHA256:${base64('sha256').slice(0, 43)} jane@host (ED25519)`,
  'cert fingerprint': () => `Fingerprint=${sha256().toUpperCase().match(/../g)!.join(':')}`,
  'serial number': () => `Serial Number: ${md5().match(/../g)!.join(':')}`,
  'mac address': () => `link/ether ${md5().slice(0, 12).match(/../g)!.join(':')} brd ff:ff:ff:ff:ff:ff`,
  'k8s uid': () => `  uid: ${uuid()}`,
  'k8s pod': () => `pod/web-${sha1().slice(0, 10)}-${sha1().slice(0, 5)} Running`,
  'terraform lineage': () => `"lineage": "${uuid()}",`,
  'sourcemap id': () => `//# debugId=${uuid()}`,
  timestamps: () => `ts=17640${decimal(8)} at 2026-11-23T10:11:12.123456789Z in 12.345678901ms`,
  'epoch seconds': () => `"iat":17640${decimal(5)},"exp":17640${decimal(5)}`,
  nanoseconds: () => `time_unix_nano: 17640${decimal(14)}`,
  float: () => `score: 0.${decimal(16)} loss=1.${decimal(15)}e-05`,
  'access log': () => `"GET /v1/messages/${decimal(6)} HTTP/1.1" 200 ${decimal(5)} "-" "node"`,
  'index in a call': () => `call the text\n\nindex ${decimal(7)}..${decimal(7)} 100644`,
  version: () => `chrome 120.0.${decimal(4)}.${decimal(2)} (version 4.5.67.89)`,
  'user agent': () => `Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.${decimal(4)}.99 Safari/537.36`,
  price: () => `total: $${decimal(9)}.50`,
  bytes: () => `heap used ${decimal(9)} bytes of ${decimal(10)}`,
  address: () => `0x${spanId()} in main () from /usr/lib/libnode.so.${count}`,
}

for (const [notation, line] of Object.entries(lines)) {
  test(`scan() takes no id of "${notation}" for a secret or personal data`, () => {
    for (let turn = 0; turn < 150; turn++) {
      const text = `before\n${line()}\nbehind`
      const found = scan(text, { pii: true }).map(
        ({ start, end, detector }) => `${detector}: ${text.slice(start, end)}`,
      )
      assert.deepEqual(
        found.filter((one) => one !== 'email: jane@host'),
        [],
        text,
      )
    }
  })
}

test('scan() takes what stands where a credential stands for one, also where it has the form of an id', () => {
  for (const id of [sha1, sha256, traceId]) assert.equal(scan(`api_key=${id()}`).length, 1)
})
