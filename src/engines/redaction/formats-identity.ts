// Keys of sign-in, identity checks and access decisions.
import type { Detector } from './detector.ts'
import { uuid } from './uuid.ts'

export const identityFormats: readonly Detector[] = [
  {
    id: 'okta-token',
    anchors: ['SSWS 00'],
    form: 'base64url:40',
    keepsAnchor: true,
    confidence: 'certain',
    source: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
  },
  {
    id: 'stytch-secret',
    anchors: ['secret-live-', 'secret-test-'],
    form: '[A-Za-z0-9_=-]:32-50',
    confidence: 'certain',
    source: 'https://stytch.com/docs/api/authentication',
  },
  {
    id: 'ory-token',
    anchors: ['ory_pat_', 'ory_at_', 'ory_rt_', 'ory_ac_', 'ory_st_', 'ory_apikey_'],
    form: '[A-Za-z0-9_.-]:30-120',
    confidence: 'certain',
    source: 'https://www.ory.com/docs/security-compliance/leaked-credentials',
  },
  {
    id: 'jumpcloud-key',
    anchors: ['jca_'],
    form: 'alnum:36-40',
    confidence: 'certain',
    source: 'https://jumpcloud.com/support/jumpcloud-apis1',
  },
  {
    id: 'permit-key',
    anchors: ['permit_key_'],
    form: 'alnum:60-100',
    confidence: 'certain',
    source: 'https://docs.permit.io/overview/use-the-permit-api-and-sdk/',
  },
  {
    id: 'arcjet-key',
    anchors: ['ajkey_'],
    form: 'alnum:20-40',
    needsDigit: true,
    confidence: 'certain',
    source: 'https://docs.arcjet.com/get-started',
  },
  {
    id: 'hcaptcha-secret',
    anchors: ['ES_'],
    form: 'hex:32',
    isExact: true,
    confidence: 'certain',
    source: 'https://docs.hcaptcha.com/switch/',
  },
  {
    id: 'persona-key',
    anchors: ['persona_production_', 'persona_sandbox_'],
    form: uuid,
    confidence: 'certain',
    source: 'https://docs.withpersona.com/api-keys',
  },
  {
    id: 'onfido-token',
    anchors: ['api_live.', 'api_sandbox.', 'api_live_us.', 'api_live_ca.'],
    form: "base64url:11 '.' base64url:32",
    confidence: 'certain',
    source: 'https://documentation.onfido.com/api/latest/#authentication',
  },
  {
    id: 'sumsub-token',
    anchors: ['prd:', 'sbx:'],
    form: "base64url:24 '.' base64url:32",
    confidence: 'certain',
    source: 'https://docs.sumsub.com/reference/authentication',
  },
]
