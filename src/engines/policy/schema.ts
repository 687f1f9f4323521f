// The Cedar schema: what a policy can speak of. Every policy text is validated against it, strictly.

/**
 * `classes` are the names that `classify` and the reader give; `consent` is how strong the evidence of a person's
 * consent is: 0 none, 1 a click, 2 a passkey, 3 two persons. `granted…` are the grants for a while that cover the
 * resource, `standingFolders` those until revoked. `destination` is `local`, `cloud`, `cloud:HOST` or `unknown`. Ids of files and folders are their real absolute paths in NFC; a file is in every folder above it.
 * A `Route` leads to an API: its id is its name, `host` what stands in its address, and it is in that `Host`. `path` is what is asked for beneath it, without the query, as the client sent it.
 */
export const schemaText = `
entity User;
entity Device in [User];
entity Assistant in [Device] = { name: String, executable: String, destination: String, launcher?: String };
entity Plugin = { name: String };

entity Folder in [Folder] = { path: String, name: String, classes: Set<String> };
entity File in [Folder] = { path: String, name: String, classes: Set<String> };
entity Secret = { name: String };
entity Host;
entity Route in [Host] = { name: String, host: String, secret?: Secret, onOwnNetwork: Bool };

type Evidence = { consent: Long, grantedFiles: Set<File>, grantedFolders: Set<Folder>, standingFolders: Set<Folder> };

type Use = { consent: Long, method: String, path: String };

action files;
action read in [files] appliesTo { principal: Assistant, resource: File, context: Evidence };
action list in [files] appliesTo { principal: Assistant, resource: Folder, context: Evidence };
action edit in [files] appliesTo { principal: Assistant, resource: File, context: Evidence };
action "request-access" in [files] appliesTo { principal: Assistant, resource: [File, Folder], context: Evidence };
action call appliesTo { principal: Assistant, resource: Route, context: Use };
`
