// Publishes the tree as files that any static server could serve, off the way of an acknowledgement.
import { checkpointText, tilePath, tileWidth, type GrowingTree, type NoteSigner, type TileData } from '#tlog'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder, replaceFile, syncFolder } from './folder.ts'

export class Publisher {
  readonly #folder: string
  readonly #signer: NoteSigner
  readonly #known = new Set<string>()
  #full: TileData[] = []
  #size = 0

  constructor(folder: string, signer: NoteSigner) {
    this.#folder = folder
    this.#signer = signer
  }

  /** Goes on after a checkpoint of this size, which is published. */
  resume(size: number): void {
    this.#size = size
  }

  /** Size of the published checkpoint. */
  get size(): number {
    return this.#size
  }

  /** Takes a tile that became full; it is written with the next publication. */
  collect(tile: TileData): void {
    this.#full.push(tile)
  }

  /**
   * Writes the tiles, then the checkpoint that needs them. Everything in `tree` must be durable in segments.
   * Not to be called again before it has ended.
   */
  async publish(tree: GrowingTree): Promise<void> {
    if (tree.size === this.#size) return
    const size = tree.size
    const full = this.#full
    this.#full = []
    const checkpoint = checkpointOf(this.#signer, size, tree.root())
    await this.#writeTiles([...full, ...tree.edges()])
    await replaceFile(join(this.#folder, 'checkpoint'), checkpoint)
    await syncFolder(this.#folder)
    this.#size = size
    for (const tile of full) await this.#removePartials(tile)
  }

  async #writeTiles(tiles: readonly TileData[]): Promise<void> {
    const folders = new Set<string>()
    for (const tile of tiles) {
      const relative = tilePath(tile)
      folders.add(dirname(relative))
      if (!this.#known.has(dirname(relative))) await makeFolder(this.#folder, dirname(relative))
      this.#known.add(dirname(relative))
      await replaceFile(join(this.#folder, relative), tile.bytes)
    }
    for (const folder of folders) await syncFolder(join(this.#folder, folder))
  }

  /** Partial tiles may go once the full one is there. @see C2SP tlog-tiles, "Partial Tiles" */
  async #removePartials(tile: TileData): Promise<void> {
    const partials = `${tilePath({ ...tile, width: tileWidth })}.p`
    this.#known.delete(partials)
    await rm(join(this.#folder, partials), { recursive: true, force: true })
  }
}

/** The signed checkpoint that is published, without extension lines. */
export function checkpointOf(signer: NoteSigner, size: number, root: Uint8Array): string {
  return signer.sign(checkpointText({ origin: signer.name, size, root, extensions: [] }))
}
