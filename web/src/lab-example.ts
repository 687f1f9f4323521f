// A text for whoever has none at hand. Its secrets are put together here, and open nothing.

export function exampleText(): string {
  const github = `ghp_${'a1B2c3D4'.repeat(4)}e5F6`
  const database = ['postgres://app:', 'q8Zk2LmW0vXr', '@db.internal:5432/shop'].join('')
  return [
    '# .env of the shop, and a line of its log',
    `GITHUB_TOKEN=${github}`,
    `DATABASE_URL=${database}`,
    'LOG_LEVEL=info',
    '',
    `2026-11-23T10:11:12Z login jane.doe@example.com from 81.2.69.142, card ${'4111 '.concat('1111 '.repeat(3)).trim()}`,
    `2026-11-23T10:11:13Z GET /health 200 trace=${'4bf92f3577b34da6'.repeat(2)}`,
    '',
  ].join('\n')
}
