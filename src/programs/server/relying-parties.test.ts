// The authorization server as other people's libraries see it: openid-client and oauth4webapi, through every flow.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { Browser, startIssuer, type Issuer } from './sign-in-fixture.test.ts'

const clientId = 'keyreeve-device'
const scope = 'device.enrol'
const way = { [oauth.allowInsecureRequests]: true }

async function agreed(url: string, person: string): Promise<URL> {
  const browser = await new Browser().open(url)
  await browser.signInAs(person)
  await browser.submit({ answer: 'allow' })
  assert.ok(browser.sentTo !== null)
  return browser.sentTo
}

async function typed(url: string, code: string): Promise<void> {
  const browser = await new Browser().open(url)
  await browser.submit({ user_code: code })
  await browser.submit({ confirm: 'yes' })
  await browser.signInAs('alice')
  await browser.submit({ answer: 'allow' })
  assert.match(browser.html, /The device is connected/)
}

describe('relying parties', () => {
  let issuer: Issuer
  before(async () => void (issuer = await startIssuer()))
  after(async () => await issuer.close())

  /** Asks again with the nonce that the server wants. */
  async function withNonce<Value>(ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask()
    } catch (thrown) {
      if (!oauth.isDPoPNonceError(thrown)) throw thrown
      return ask()
    }
  }

  async function server(): Promise<oauth.AuthorizationServer> {
    const at = new URL(issuer.url)
    return oauth.processDiscoveryResponse(
      at,
      await oauth.discoveryRequest(at, { algorithm: 'oauth2', ...way }),
    )
  }

  const client: oauth.Client = { client_id: clientId }
  const none = oauth.None()

  test('oauth4webapi goes through pushed request, PKCE and DPoP on any loopback port, and enrols', async () => {
    const as = await server()
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    for (const redirect_uri of ['http://127.0.0.1:49152/callback', 'http://[::1]:61000/callback']) {
      const verifier = oauth.generateRandomCodeVerifier()
      const state = oauth.generateRandomState()
      const params = {
        response_type: 'code',
        redirect_uri,
        scope,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }
      const { request_uri } = await withNonce(async () => {
        const answer = await oauth.pushedAuthorizationRequest(as, client, none, params, { DPoP, ...way })
        return oauth.processPushedAuthorizationResponse(as, client, answer)
      })
      const url = `${as.authorization_endpoint}?${new URLSearchParams({ client_id: clientId, request_uri }).toString()}`
      const back = await agreed(url, 'alice')
      assert.ok(back.href.startsWith(redirect_uri))
      const found = oauth.validateAuthResponse(as, client, back, state)
      const token = await withNonce(async () => {
        const args = [as, client, none, found, redirect_uri, verifier, { DPoP, ...way }] as const
        return oauth.processAuthorizationCodeResponse(
          as,
          client,
          await oauth.authorizationCodeGrantRequest(...args),
        )
      })
      assert.deepEqual([token.token_type, token.scope, token.refresh_token], ['dpop', scope, undefined])
      const active = async (): Promise<unknown> => {
        const answer = await oauth.introspectionRequest(as, client, none, token.access_token, way)
        return (await oauth.processIntrospectionResponse(as, client, answer)).active
      }
      assert.equal(await active(), true)
      if (redirect_uri.includes('[')) {
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(as, client, none, token.access_token, way),
        )
      } else {
        const enrol = new URL(`${issuer.url}/enrol`)
        const headers = new Headers({ 'content-type': 'application/json' })
        const sent = () =>
          oauth.protectedResourceRequest(token.access_token, 'POST', enrol, headers, '{}', { DPoP, ...way })
        const answer = await withNonce(sent)
        assert.equal(answer.status, 200)
      }
      assert.equal(await active(), false)
    }
  })

  test('oauth4webapi goes through the device flow', async () => {
    const as = await server()
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const asked = await oauth.deviceAuthorizationRequest(as, client, none, { scope, device_name: 'box' }, way)
    const { device_code, user_code, verification_uri } = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      asked,
    )
    const poll = () =>
      withNonce(async () => {
        const answer = await oauth.deviceCodeGrantRequest(as, client, none, device_code, { DPoP, ...way })
        return oauth.processDeviceCodeResponse(as, client, answer)
      })
    await assert.rejects(poll(), { error: 'authorization_pending' })
    await typed(verification_uri, user_code)
    assert.equal((await poll()).token_type, 'dpop')
    await assert.rejects(poll(), { error: 'invalid_grant' })
  })

  async function configured(): Promise<openid.Configuration> {
    const metadata = { token_endpoint_auth_method: 'none' }
    const options = { algorithm: 'oauth2' as const, execute: [openid.allowInsecureRequests] }
    return openid.discovery(new URL(issuer.url), clientId, metadata, openid.None(), options)
  }

  test('openid-client goes through pushed request, PKCE and DPoP', async () => {
    const config = await configured()
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const expectedState = openid.randomState()
    const params = {
      redirect_uri: 'http://127.0.0.1:50000/callback',
      scope,
      state: expectedState,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }
    const url = await openid.buildAuthorizationUrlWithPAR(config, params, { DPoP })
    const back = await agreed(url.href, 'bob')
    const checks = { pkceCodeVerifier, expectedState }
    const token = await openid.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
    assert.deepEqual([token.token_type, token.scope], ['dpop', scope])
    await assert.rejects(openid.authorizationCodeGrant(config, back, checks, undefined, { DPoP }), {
      error: 'invalid_grant',
    })
    const { active } = await openid.tokenIntrospection(config, token.access_token)
    assert.equal(active, false, 'a code that comes again ends what came of it')
  })

  test('openid-client goes through the device flow', async () => {
    const config = await configured()
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    const asked = await openid.initiateDeviceAuthorization(config, { scope })
    await typed(asked.verification_uri, asked.user_code)
    const token = await openid.pollDeviceAuthorizationGrant(config, { ...asked, interval: 0.01 }, undefined, {
      DPoP,
    })
    assert.deepEqual([token.token_type, token.scope], ['dpop', scope])
  })
})
