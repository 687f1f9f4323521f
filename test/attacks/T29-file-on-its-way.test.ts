// T29: a file on its way to or from a machine without network that is changed, swapped, kept for later, or read.
import {
  publicJwkOf,
  readOfflineRequest,
  signAttestation,
  signerDigits,
  signerOf,
  signOfflineAnswer,
  signOfflineRequest,
  signRevocationStatement,
  thumbprint,
  voiceDigits,
  type OfflineAnswer,
} from '#token'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { describe, test } from 'node:test'
import { acceptOffline } from '../../src/programs/tokens/offline.ts'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('T29: a file on its way', () => {
  const issuer = 'https://tokens.example'
  const [device, server, thief] = [pair(), pair(), pair()]
  const jwk = publicJwkOf(device.publicKey)
  const content = hash('sha256', '{"secrets":{"A":"b"}}', 'base64url')

  async function answerBy(by: typeof server, more: Partial<OfflineAnswer> = {}): Promise<string> {
    const key = publicJwkOf(by.publicKey)
    const at = { now: 1_767_225_600_000, kid: thumbprint(key) }
    const attestation = await signAttestation({ issuer, device: 'd1', jwk }, at, signerOf(by.privateKey))
    const claims = {
      iss: issuer,
      device: 'd1',
      jkt: thumbprint(jwk),
      seq: 10,
      keys: [key],
      content,
      attestation,
    }
    return signOfflineAnswer({ ...claims, ...more }, at.kid, signerOf(by.privateKey))
  }

  const given = (answer: string) => ({ issuer, jwk, enrolment: null, answer, content })

  test('an answer counts only by the voice that was heard, and later by the keys that it brought', async () => {
    const [real, false_] = [await answerBy(server), await answerBy(thief)]
    const fingerprint = signerDigits(real)
    await assert.rejects(acceptOffline({ ...given(false_), fingerprint }), { code: 'fingerprint-wrong' })
    await assert.rejects(acceptOffline(given(real)), { code: 'fingerprint-wrong' })
    const { enrolment } = await acceptOffline({ ...given(real), fingerprint })
    // A later one of the thief's, with the thief's own fingerprint: the keys are known by now.
    const later = await answerBy(thief, { seq: 11 })
    const swapped = { ...given(later), enrolment, fingerprint: signerDigits(later) }
    await assert.rejects(acceptOffline(swapped), { code: 'token-invalid' })
  })

  test('an answer that was taken, or is older, does not come again; nor with other secrets beside it', async () => {
    const first = await answerBy(server)
    const { enrolment } = await acceptOffline({ ...given(first), fingerprint: signerDigits(first) })
    await assert.rejects(acceptOffline({ ...given(first), enrolment }), { code: 'answer-old' })
    const older = await answerBy(server, { seq: 9 })
    await assert.rejects(acceptOffline({ ...given(older), enrolment }), { code: 'answer-old' })
    const next = await answerBy(server, { seq: 11 })
    const other = hash('sha256', '{"secrets":{"A":"theirs"}}', 'base64url')
    await assert.rejects(acceptOffline({ ...given(next), enrolment, content: other }), {
      code: 'token-invalid',
    })
    assert.equal((await acceptOffline({ ...given(next), enrolment })).enrolment.offline?.seq, 11)
  })

  test('nobody but the issuer ends the device by a file', async () => {
    const first = await answerBy(server)
    const { enrolment } = await acceptOffline({ ...given(first), fingerprint: signerDigits(first) })
    const said = { iss: issuer, device: 'd1', jkt: thumbprint(jwk), reason: 'revoked', iat: 1 }
    const kid = thumbprint(publicJwkOf(server.publicKey))
    const forged = await signRevocationStatement(said, kid, signerOf(thief.privateKey))
    for (const by of [thief, server]) {
      const answer = await answerBy(by, { seq: 12, revocation: forged })
      await assert.rejects(acceptOffline({ ...given(answer), enrolment }), { code: 'token-invalid' })
    }
    const real = await signRevocationStatement(said, kid, signerOf(server.privateKey))
    const answer = await answerBy(server, { seq: 12, revocation: real })
    assert.equal((await acceptOffline({ ...given(answer), enrolment })).statement, real)
  })

  test('a request names who may open the answer, and nobody can put another name in', async () => {
    const identity = await generateX25519Identity()
    const asked = { issuer, label: 'laptop', recipient: await identityToRecipient(identity) }
    const text = await signOfflineRequest(
      asked,
      { jwk, jti: 'j', now: 1_767_225_600_000 },
      signerOf(device.privateKey),
    )
    const { body, proof } = JSON.parse(text)
    const mine = { ...asked, recipient: await identityToRecipient(await generateX25519Identity()) }
    const changed = Buffer.from(JSON.stringify(mine)).toString('base64url')
    await assert.rejects(readOfflineRequest(JSON.stringify({ v: 1, body: changed, proof }), issuer), {
      code: 'proof-invalid',
    })
    // The thief's own request is of another device: what its owner reads out differs.
    const own = { jwk: publicJwkOf(thief.publicKey), jti: 'j', now: 1_767_225_600_000 }
    const swapped = await readOfflineRequest(
      await signOfflineRequest(mine, own, signerOf(thief.privateKey)),
      issuer,
    )
    assert.notEqual(voiceDigits(swapped.jkt), voiceDigits(thumbprint(jwk)))

    const encrypter = new Encrypter()
    encrypter.addRecipient(
      (await readOfflineRequest(JSON.stringify({ v: 1, body, proof }), issuer)).recipient,
    )
    const file = await encrypter.encrypt('what goes along')
    assert.ok(!Buffer.from(file).includes('what goes along'))
    const reader = new Decrypter()
    reader.addIdentity(await generateX25519Identity())
    await assert.rejects(reader.decrypt(file))
  })
})
