// The redaction engine: a file of its own, which the page loads when the lab is opened and not before.
export { StreamRedactor } from '#redaction'
