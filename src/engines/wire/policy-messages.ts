// Messages about the policies: what stands in their folder, and a change that a person makes in the console.
import * as z from 'zod'
import { kib, mib, type MessageKind } from './define.ts'
import * as s from './shapes.ts'

/** A file of the folder; no name of it leads anywhere else. */
const file = z.string().regex(/^[A-Za-z0-9][\w-]{0,63}\.cedar$/)

export const policyMessages = {
  /** Files of the folder as they are now. `version`: of what is in force; `problem`: why that is not what they say. */
  'policy.show': {
    from: ['cli', 'console'],
    to: ['broker'],
    phases: ['ready'],
    max: kib,
    replyMax: 4 * mib,
    request: z.strictObject({}),
    reply: z.strictObject({
      version: s.sha256,
      problem: z.nullable(s.prose),
      files: z.array(z.strictObject({ name: s.name, text: s.text, sha256: s.sha256 })).max(64),
      /** What names of paths are classified by. */
      homes: z.strictObject({ user: s.path, keyreeve: z.array(s.path).max(8) }),
    }),
  },
  /** Writes one file and takes it, if all files hold together. `before`: what the person saw; null: there was none. */
  'policy.change': {
    from: ['console'],
    to: ['broker'],
    phases: ['ready'],
    max: 256 * kib,
    replyMax: kib,
    request: z.strictObject({ file, text: z.string().max(64 * kib), before: z.nullable(s.sha256) }),
    reply: z.strictObject({ version: s.sha256, ended: s.count }),
  },
} as const satisfies Record<string, MessageKind>
