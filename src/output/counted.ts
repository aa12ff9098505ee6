import type { Destination } from './destination.ts'

/** Told of what a destination is given to take. */
export interface Watch {
  /** It is about to take something. */
  begins(): void
  /** It has taken so many bytes of text (before they are packed, if they are), or none since it failed. */
  ends(bytes: number): void
}

/** The same destination, telling when it takes something and how much. */
export function counted(destination: Destination, watch: Watch): Destination {
  return {
    get head() {
      return destination.head
    },
    async write(chunk) {
      let taken = 0
      watch.begins()
      try {
        await destination.write(chunk)
        taken = chunk.length
      } finally {
        watch.ends(taken)
      }
    },
    async commit() {
      watch.begins()
      try {
        await destination.commit()
      } finally {
        watch.ends(0)
      }
    },
    abandon: () => destination.abandon(),
  }
}
