// keyreeve/fetch: redacts what is sent to models, and to other hosts if asked: for fetch, and for undici's dispatchers.
import { asFault, concat, Fault } from '#base'
import { redactStream } from '#redaction'
import { BodyRedactor, isForm } from './body.ts'
import { headerOf, headerPairs, headersWithout } from './headers.ts'
import { hostFilter } from './hosts.ts'
import type { RecordLogOptions } from './record.ts'

/** What is redacted, and on the way to and from whom. */
export interface FetchOptions extends RecordLogOptions {
  /** Hosts that get redacted bodies; `.example.com` means all below. Default: the usual hosts of models. */
  readonly hosts?: readonly string[]
  /** Redacts what these hosts answer, too. Only for `fetch`. Default false. */
  readonly hasResponses?: boolean
}

/** As the global one. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Of what undici dispatches, what is read here. */
export interface DispatchOptions {
  readonly origin?: string | URL
  readonly headers?: unknown
  readonly body?: unknown
}

/** Of undici's handlers, what is called here. */
export interface DispatchHandler {
  onResponseError?(controller: unknown, error: Error): void
}

/** As undici's. */
export type Dispatch<Options extends DispatchOptions, Handler extends DispatchHandler> = (
  options: Options,
  handler: Handler,
) => boolean

/** Redacts bodies before they leave. */
export interface FetchRedactor {
  /** `new OpenAI({ fetch: redactor().fetch(fetch) })` */
  fetch(fetch: Fetch): Fetch
  /** `setGlobalDispatcher(new Agent().compose(redactor().interceptor))` */
  readonly interceptor: <Options extends DispatchOptions, Handler extends DispatchHandler>(
    dispatch: Dispatch<Options, Handler>,
  ) => Dispatch<Options, Handler>
}

/** A body with a known length is held to be sent with its new length, up to this many bytes; a larger one goes in chunks. */
const mostHeld = 32 * 2 ** 20

/**
 * Redacts the bodies of requests to some hosts: texts, bytes, forms, streams. Headers and addresses stay as they are. A
 * body that cannot be redacted, since it is compressed or the redactor fails, is a fault, and nothing is sent.
 */
export function redactor(options: FetchOptions = {}): FetchRedactor {
  const isMeant = hostFilter(options.hosts)
  const bodies = new BodyRedactor(options)
  return {
    fetch: (next) => async (input, init) => {
      if (!isMeant(input instanceof URL || typeof input === 'string' ? input : input.url))
        return next(input, init)
      const response = await next(...(await redactedCall(bodies, input, init)))
      return options.hasResponses === true ? redactedResponse(response, options) : response
    },
    interceptor: (dispatch) => (request, handler) =>
      request.body === null || request.body === undefined || !isMeant(request.origin ?? '')
        ? dispatch(request, handler)
        : dispatchRedacted(bodies, { request, handler, dispatch }),
  }
}

type Call = [input: string | URL | Request, init: RequestInit]

async function redactedCall(bodies: BodyRedactor, input: Call[0], init: RequestInit = {}): Promise<Call> {
  const own = init.body ?? null
  const body = own ?? (isRequest(input) ? await bodyOf(input) : null)
  if (body === null) return [input, init]
  const headers = new Headers(init.headers ?? (isRequest(input) ? input.headers : {}))
  refuseCompressed(headers.get('content-encoding') ?? undefined)
  headers.delete('content-length')
  // A form is written with a new boundary.
  if (own === null && isForm(body)) headers.delete('content-type')
  const redacted = await bodies.body(body)
  const { body: _, ...rest } = init
  return [input, { ...rest, ...(isAsync(redacted) && { duplex: 'half' }), body: redacted, headers }]
}

/** Takes the body, as fetch would; a form as a form, so that its fields are known by name. */
async function bodyOf(request: Request): Promise<FormData | Uint8Array<ArrayBuffer> | null> {
  if (request.body === null) return null
  const isMultipart = request.headers.get('content-type')?.startsWith('multipart/form-data') === true
  return isMultipart ? request.formData() : new Uint8Array(await request.arrayBuffer())
}

/** What is compressed cannot be looked into. */
function refuseCompressed(encoding = 'identity'): void {
  if (encoding !== 'identity')
    throw new Fault('redaction-failed', 'a compressed body cannot be redacted and was not sent')
}

function redactedResponse(response: Response, options: FetchOptions): Response {
  if (response.body === null) return response
  const { status, statusText, url } = response
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const copy = new Response(response.body.pipeThrough(redactStream(options)), { status, statusText, headers })
  return Object.defineProperty(copy, 'url', { value: url })
}

interface Dispatching<Options, Handler> {
  readonly request: Options
  readonly handler: Handler
  readonly dispatch: (options: Options, handler: Handler) => boolean
}

function dispatchRedacted<Options extends DispatchOptions, Handler extends DispatchHandler>(
  bodies: BodyRedactor,
  { request, handler, dispatch }: Dispatching<Options, Handler>,
): boolean {
  const pairs = headerPairs(request.headers)
  refuseCompressed(headerOf(pairs, 'content-encoding'))
  const send = (body: unknown): boolean =>
    dispatch({ ...request, headers: headersWithout(pairs, 'content-length'), body }, handler)
  const { body } = request
  const length = Number(headerOf(pairs, 'content-length') ?? Number.NaN)
  if (isForm(body) || body instanceof Blob) return later(bodies.body(body), send, handler)
  const redacted = bodies.bodyAtOnce(body)
  // A server may not take what comes in chunks where the client had told a length.
  return isAsync(redacted) && length <= mostHeld ? later(held(redacted), send, handler) : send(redacted)
}

function later(body: Promise<unknown>, send: (body: unknown) => unknown, handler: DispatchHandler): true {
  body.then(send).catch((thrown: unknown) => handler.onResponseError?.(null, asFault(thrown)))
  return true
}

async function held(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return concat(...(await Array.fromAsync(body)))
}

function isAsync(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && !(input instanceof URL)
}
