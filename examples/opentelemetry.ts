// OpenTelemetry with a redactor before the processor: only named attributes leave, redacted; prompts and answers do not.
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'
import { redactor } from 'keyreeve/opentelemetry'

/** A provider of tracers for one exporter. */
export function openTracing(exporter: SpanExporter): TracerProvider {
  const redact = redactor({ allow: ['http.*', 'url.*', 'server.*', 'gen_ai.*'], others: 'hash' })
  return new TracerProvider({ spanProcessors: [redact.spans(new BatchSpanProcessor({ exporter }))] })
}

if (import.meta.main) {
  const provider = openTracing(new ConsoleSpanExporter())
  const span = provider.getTracer('example').startSpan('GET /', {
    attributes: {
      'url.full': 'https://user:s3cr3t-value@example.com/',
      'gen_ai.request.model': 'a-model',
      'gen_ai.input.messages': '[{"role":"user","content":"my password is hunter2"}]',
      'enduser.id': 'bob',
    },
  })
  span.end()
  await provider.shutdown()
}
