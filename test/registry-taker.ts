// Another process of a registry's test: opens the register, then does what each line of its input says and tells the outcome.
import { createInterface } from 'node:readline'
import { openRegistry } from '#registry'

const registry = await openRegistry(JSON.parse(process.argv[2] ?? ''), { now: () => Date.now() })
console.log('ready')
const soon = (): number => Date.now() + 300_000

for await (const line of createInterface({ input: process.stdin })) {
  const [what = '', key = '', count = '1'] = line.split(' ')
  const each = Array.from({ length: Number(count) }, (_, at) => at)
  if (what === 'race') {
    const won = await Promise.all(each.map(() => registry.once.take('race', key, soon())))
    console.log(won.filter(Boolean).length)
  }
  if (what === 'consume') {
    const won = await Promise.all(each.map(() => registry.models.consume('code', key)))
    console.log(won.filter(Boolean).length)
  }
  if (what === 'fill')
    for (const at of each) if (await registry.once.take('fill', `${at}`, soon())) console.log(at)
}
await registry.close()
