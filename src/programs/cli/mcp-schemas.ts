// What each tool takes. Arguments come from a model, which may have been talked into anything.
import * as z from 'zod'

const line = z
  .int()
  .min(1)
  .max(2 ** 31)

const path = z
  .string()
  .min(1)
  .max(4096)
  .describe('Absolute, or relative to the working folder, or beginning with ~/')

const reason = z.string().max(1000).describe('One sentence for the person: what you need this for')

export const readFile = z.strictObject({
  path,
  lines: z
    .array(z.array(line).length(2))
    .min(1)
    .max(64)
    .optional()
    .describe('Ranges [from, to], counted from 1, both ends included. Without it: the whole file'),
  mode: z
    .enum(['text', 'hash', 'outline'])
    .optional()
    .describe(
      'text: the content (default). hash: only its SHA-256. outline: only the lines that give it structure',
    ),
  reason: reason.optional(),
})

const ignored = z.boolean().describe('Also what .gitignore leaves out. Without it that is only counted')

export const listFiles = z.strictObject({
  path,
  glob: z.string().min(1).max(256).optional().describe('Pattern for names in this folder, such as *.ts'),
  ignored: ignored.optional(),
})

const pattern = z.string().min(1).max(1000)

export const searchFiles = z.strictObject({
  path,
  pattern: pattern.describe(
    'With * or ?: the whole name, such as *.ts, or the whole path beneath the folder, such as src/**/*.ts. ' +
      'Otherwise a part of the path',
  ),
  after: path.optional().describe('The "next" of a result before: go on from there'),
  ignored: ignored.optional(),
  reason: reason.optional(),
})

export const grepFile = z.strictObject({
  path,
  pattern: pattern.describe(
    'Regular expression for a part of a line: characters, classes, groups, |, *, +, ?, {n,m}, ^, $, \\b, \\d, \\w, \\s, ' +
      '(?i) for any case. No backreferences, no lookaround, no \\p',
  ),
  context: z.int().min(0).max(20).optional().describe('Lines to show before and after each that matches'),
  from: line.optional().describe('First line to look at, to go on where a result before ended'),
  reason: reason.optional(),
})

const fieldName = z.string().regex(/^[\w!#$%&'*+.^|~-]{1,64}$/)
const fieldValue = z
  .string()
  .max(4096)
  .regex(/^[\x20-\x7e]*$/)

export const httpRequest = z.strictObject({
  route: z
    .string()
    .regex(/^[a-z][a-z\d-]{0,31}$/)
    .describe('Name of a route, from list_routes'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().min(1).max(8192).describe("Path and query beneath the route's address, beginning with /"),
  headers: z
    .record(fieldName, fieldValue)
    .optional()
    .describe('Headers besides the key, which is put in for you: never ask for it or write one'),
  body: z.string().max(131_072).optional(),
  reason: reason.optional(),
})

export const proposeEdit = z.strictObject({
  path,
  patch: z
    .string()
    .min(1)
    .max(131_072)
    .describe(
      'Unified diff of this file, with right line counts: @@ -LINE,COUNT +LINE,COUNT @@. Leave lines that hold ' +
        'placeholders such as [github-token:4f2a] as you saw them; the person keeps what they stand for',
    ),
  reason,
})

export const requestAccess = z.strictObject({
  items: z
    .array(
      z.strictObject({
        path,
        scope: z
          .enum(['file-session', 'folder-hour', 'folder-until-revoked'])
          .describe(
            'file-session: this file until you disconnect. folder-hour: everything in this folder for an hour. ' +
              'folder-until-revoked: what is not sensitive in this folder, 30 days at most; only for lasting work',
          ),
        until: z.iso
          .datetime()
          .optional()
          .describe('When you will not need it any more; the scope ends it at the latest'),
      }),
    )
    .min(1)
    .max(32),
  reason,
})

export const waitForPermission = z.strictObject({
  ticket: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .describe('The ticket of a pending result'),
})

export const listGrants = z.strictObject({})

export const listSecrets = z.strictObject({})
