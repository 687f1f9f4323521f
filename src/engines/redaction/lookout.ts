// What is looked out for: our own detectors, and with an organisation's rules those besides.
import { AnchorSet } from './anchors.ts'
import { defaultAnchors, detectors } from './detectors.ts'
import { prefilterOf, usualPrefilter } from './prefilter-simd.ts'
import type { Prefilter } from './prefilter.ts'
import type { Rules } from './rules.ts'

export interface Lookout {
  readonly anchors: AnchorSet
  readonly prefilter: Prefilter
}

const withRules = new WeakMap<Rules, Lookout>()
let usual: Lookout | undefined

/** Made when first asked for, then kept: for as long as somebody holds the rules. */
export function lookoutOf(rules?: Rules): Lookout {
  if (rules === undefined)
    return (usual ??= { anchors: defaultAnchors, prefilter: usualPrefilter(() => defaultAnchors) })
  let lookout = withRules.get(rules)
  if (lookout === undefined) {
    // An organisation's own come first: it knows better what its secrets are called.
    const anchors = new AnchorSet([...rules.detectors, ...detectors])
    lookout = { anchors, prefilter: prefilterOf(anchors) }
    withRules.set(rules, lookout)
  }
  return lookout
}
