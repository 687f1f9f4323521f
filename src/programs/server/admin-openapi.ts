// Describes what administrators may do as OpenAPI, from the same table that answers them.
import * as z from 'zod'
import type { AdminRoute } from './admin-route.ts'

/** Raised when something is taken away or changes its meaning. */
const version = '1'

/** Makes the document. @see https://spec.openapis.org/oas/v3.1.0 */
export function describeAdmin(routes: readonly AdminRoute[]): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Keyreeve token server: administration', version },
    security: [{ certificate: [], session: [] }],
    paths: Object.fromEntries(routes.map((route) => [route.path, operationOf(route)])),
    components: {
      securitySchemes: {
        certificate: { type: 'mutualTLS', description: 'By the authority that server.toml names.' },
        session: {
          type: 'http',
          scheme: 'DPoP',
          description: 'Of POST /admin/session; five minutes, bound to certificate and key.',
        },
      },
      schemas: { Refusal: schemaOf(refusal) },
    },
  }
}

const refusal = z.object({ error: z.string(), message: z.string(), next: z.string() })

function operationOf({ method, path, summary, input, output }: AdminRoute): object {
  const responses = {
    200: { description: 'Done, and durable.', content: jsonOf(schemaOf(output)) },
    default: {
      description: 'A code, what was wrong, and the next step.',
      content: jsonOf({ $ref: '#/components/schemas/Refusal' }),
    },
  }
  const operationId = path.replace('/admin/', '')
  if (method === 'POST') {
    const requestBody = { required: true, content: jsonOf(schemaOf(input)) }
    return { post: { operationId, summary, requestBody, responses } }
  }
  const { properties = {} } = z.toJSONSchema(input, { io: 'input' })
  const parameters = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
  return { get: { operationId, summary, parameters, responses } }
}

function schemaOf(shape: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' })
  return schema
}

function jsonOf(schema: object): object {
  return { 'application/json': { schema } }
}
