// Asks the system for random bytes once for many, since each question costs more than what is done with the answer.
import type { Random } from '#base'

const stockBytes = 4096

/** Gives each byte of a stock once, and keeps none that it gave. */
export function stocked(random: Random): Random {
  let stock = new Uint8Array()
  let at = 0
  return (length) => {
    if (length > stockBytes) return random(length)
    if (at + length > stock.length) {
      stock = random(stockBytes)
      at = 0
    }
    const given = stock.slice(at, at + length)
    stock.fill(0, at, (at += length))
    return given
  }
}
