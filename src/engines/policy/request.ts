// Puts a request into Cedar's terms.
import type { CedarValueJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import type { GrantIndex, PolicyGrant } from './grants.ts'
import { foldersAbove, nameOf } from './paths.ts'

interface Principal {
  readonly name: string
  /** What the system proves of it: executables by absolute path. */
  readonly executable: string
  readonly launcher: string | null
  /** Hash of its program, to which grants are held. */
  readonly program: string
  /** Where what it reads goes to: `local`, `cloud`, `cloud:HOST` or `unknown`. */
  readonly destination: string
}

/** What is to be decided. The assistant's stated reason has no place here, so it can sway nothing. */
export interface PolicyRequest {
  readonly assistant: Principal
  /** Files are read and edited, folders listed; access to either is requested ahead. */
  readonly action: 'read' | 'edit' | 'list' | 'request-access'
  readonly resource: {
    readonly kind: 'file' | 'folder'
    /** Real absolute path: links resolved, as the file system spells it. */
    readonly path: string
    /** From `classify`, and from whoever read the content. */
    readonly classes: readonly string[]
  }
}

/** A request to an API that is to be decided. */
export interface CallRequest {
  readonly assistant: Principal
  readonly action: 'call'
  readonly route: {
    readonly name: string
    /** As it stands in the route's address. */
    readonly host: string
    readonly secret: string | null
    /** The person says that it is on this machine or a network of their own. */
    readonly isPrivate: boolean
  }
  readonly method: string
  /** Beneath the route's address, without the query. Attacker-controlled. */
  readonly path: string
}

/** A call for Cedar, whole but for the level of consent, and the grants that cover the resource. */
export interface CedarRequest {
  readonly call: StatefulAuthorizationCall
  /** By the rule that they are given by. */
  readonly grants: ReadonlyMap<string, readonly PolicyGrant[]>
}

/** What requests are put to. */
export interface RuleSet {
  /** Name under which Cedar holds the schema and the policies. */
  readonly version: string
  /** Every string that stands in a rule: a folder that is not among them cannot matter to one. */
  readonly mentioned: ReadonlySet<string>
}

export function cedarRequest(request: PolicyRequest, rules: RuleSet, index: GrantIndex): CedarRequest {
  const { assistant, action, resource } = request
  const principal = { type: 'Assistant', id: assistant.name }
  const object = { type: resource.kind === 'file' ? 'File' : 'Folder', id: entityId(resource.path) }
  const above = foldersAbove(resource.path)
  const holder = { ...assistant, assistant: assistant.name }
  const around = resource.kind === 'file' ? above : [...above, resource.path]
  const files = index.find(holder, 'file-session', resource.kind === 'file' ? [resource.path] : [])
  const folders = index.find(holder, 'folder-hour', around)
  const standing = index.find(holder, 'folder-until-revoked', around)
  const granted = new Set([...folders, ...standing].map(({ path }) => path))
  // Every folder costs microseconds, so only those above the object that some rule or grant names are told.
  const parents = above.filter((path) => granted.has(path) || rules.mentioned.has(entityId(path)))
  const call = {
    principal,
    action: { type: 'Action', id: action },
    resource: object,
    context: {
      grantedFiles: references('File', files),
      grantedFolders: references('Folder', folders),
      standingFolders: references('Folder', standing),
    },
    preparsedSchemaName: rules.version,
    preparsedPolicySetId: rules.version,
    validateRequest: true,
    entities: [
      { uid: principal, attrs: attributesOf(assistant), parents: [] },
      {
        uid: object,
        attrs: { path: object.id, name: nameOf(object.id), classes: [...resource.classes] },
        parents: parents.map((path) => ({ type: 'Folder', id: entityId(path) })),
      },
    ],
  }
  return {
    call,
    grants: new Map([
      ['grant', [...files, ...folders]],
      ['grant-standing', standing],
    ]),
  }
}

/** A request by a route, in Cedar's terms. No grant covers one: its phantom token is what a person gave. */
export function cedarCall(
  { assistant, route, method, path }: CallRequest,
  { version }: RuleSet,
): CedarRequest {
  const principal = { type: 'Assistant', id: assistant.name }
  const object = { type: 'Route', id: route.name }
  const { name, host, secret, isPrivate } = route
  const ofSecret = secret === null ? {} : { secret: { __entity: { type: 'Secret', id: secret } } }
  const call = {
    principal,
    action: { type: 'Action', id: 'call' },
    resource: object,
    context: { method, path },
    preparsedSchemaName: version,
    preparsedPolicySetId: version,
    validateRequest: true,
    entities: [
      { uid: principal, attrs: attributesOf(assistant), parents: [] },
      {
        uid: object,
        attrs: { name, host, onOwnNetwork: isPrivate, ...ofSecret },
        parents: [{ type: 'Host', id: host }],
      },
      ...(secret === null
        ? []
        : [{ uid: { type: 'Secret', id: secret }, attrs: { name: secret }, parents: [] }]),
    ],
  }
  return { call, grants: new Map() }
}

function attributesOf({
  name,
  executable,
  launcher,
  destination,
}: Principal): Record<string, CedarValueJson> {
  return { name, executable, destination, ...(launcher !== null && { launcher }) }
}

function references(type: string, grants: readonly PolicyGrant[]): CedarValueJson[] {
  return grants.map(({ path }) => ({ __entity: { type, id: entityId(path) } }))
}

/** Policy texts are read in NFC too: names that look the same to a person are the same to a rule. */
function entityId(path: string): string {
  return path.normalize('NFC')
}
