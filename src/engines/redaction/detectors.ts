// The tables of detectors, put together: what each kind of secret looks like, by its provider's own documentation.
import { AnchorSet } from './anchors.ts'
import { contexts } from './contexts.ts'
import type { Detector } from './detector.ts'
import { aiFormats } from './formats-ai.ts'
import { chatFormats } from './formats-chat.ts'
import { ciFormats } from './formats-ci.ts'
import { cloudFormats } from './formats-cloud.ts'
import { codeFormats } from './formats-code.ts'
import { commerceFormats } from './formats-commerce.ts'
import { databaseFormats } from './formats-database.ts'
import { identityFormats } from './formats-identity.ts'
import { keysFormats } from './formats-keys.ts'
import { mailFormats } from './formats-mail.ts'
import { monitoringFormats } from './formats-monitoring.ts'
import { paymentFormats } from './formats-payment.ts'
import { workFormats } from './formats-work.ts'
import { namedFormats } from './named.ts'

/** All detectors with anchors. Where two share an anchor, the first that finds something wins. */
export const detectors: readonly Detector[] = [
  ...aiFormats,
  ...cloudFormats,
  ...codeFormats,
  ...ciFormats,
  ...chatFormats,
  ...paymentFormats,
  ...mailFormats,
  ...monitoringFormats,
  ...databaseFormats,
  ...identityFormats,
  ...commerceFormats,
  ...workFormats,
  ...keysFormats,
  ...contexts,
]

/** Their anchors. */
export const defaultAnchors = new AnchorSet(detectors)

/** Ids that the structures give beside those of the table. */
const furtherIds = ['known', 'aws-secret-key', 'basic-auth', 'sentry-dsn', 'unchecked', 'unchecked-run']

/** Every id that a finding or a placeholder may carry. */
export const detectorIds: ReadonlySet<string> = new Set([
  ...detectors.map(({ id }) => id),
  ...namedFormats.map(({ id }) => id),
  ...furtherIds,
])
