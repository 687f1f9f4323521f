// Says to which hosts bodies are redacted before they leave.

/** Where models are asked. A name that begins with a dot means all hosts below it. */
const modelHosts = (
  'api.openai.com .openai.azure.com .services.ai.azure.com api.anthropic.com generativelanguage.googleapis.com ' +
  'aiplatform.googleapis.com -aiplatform.googleapis.com api.mistral.ai api.cohere.com api.cohere.ai api.groq.com ' +
  'api.x.ai api.deepseek.com api.together.xyz api.fireworks.ai api.perplexity.ai openrouter.ai ' +
  'router.huggingface.co api.replicate.com api.cerebras.ai dashscope.aliyuncs.com dashscope-intl.aliyuncs.com ' +
  'api.moonshot.ai api.moonshot.cn'
).split(' ')
/** Amazon's have the region in the middle. */
const bedrock = /^bedrock(?:-agent)?-runtime(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/

/**
 * Tells whether a host is one of those.
 * @param hosts Names; `.example.com` means all hosts below. Without them, the usual hosts of models.
 * @returns What tells, for an address. An address that cannot be read counts as one of those: its body is redacted.
 */
export function hostFilter(hosts?: readonly string[]): (address: string | URL) => boolean {
  const names = hosts?.map((host) => host.toLowerCase()) ?? modelHosts
  return (address) => {
    const host = hostOf(address)
    if (host === null) return true
    return names.some((name) => isMeant(host, name)) || (hosts === undefined && bedrock.test(host))
  }
}

function isMeant(host: string, name: string): boolean {
  return host === name || (/^[.-]/.test(name) && host.endsWith(name))
}

function hostOf(address: string | URL): string | null {
  // A dot at the end means the same host.
  return URL.canParse(String(address)) ? new URL(address).hostname.replace(/\.$/, '') : null
}
