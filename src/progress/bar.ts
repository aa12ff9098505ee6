import type { Writable } from 'node:stream'
import type { BarDrawing, DrawnLine } from './live-line.ts'

const HOME = '\r'
const CLEAR = '\u001b[K'

/** Makes bars. Loaded only where one is drawn. */
export async function barPainter(
  stderr: Writable,
  unicode: boolean,
): Promise<(text: (draw: BarDrawing) => string) => DrawnLine> {
  const { default: cliProgress } = await import('cli-progress')
  const [barCompleteChar, barIncompleteChar] = unicode ? ['█', '░'] : ['=', '-']
  const draw: BarDrawing = (share, columns) =>
    cliProgress.Format.BarFormat(share, {
      barsize: columns,
      barCompleteString: barCompleteChar.repeat(columns),
      barIncompleteString: barIncompleteChar.repeat(columns),
      barGlue: '',
    })

  return (text) => {
    let isOver = false
    const options = {
      format: () => text(draw),
      // Redrawn on a timer, so that it comes back by itself below what was written in between.
      fps: 10,
      forceRedraw: true,
      terminal: lineTerminal(stderr),
      // Signals are ours to handle.
      gracefulExit: false,
    }
    const bar = new cliProgress.SingleBar(options)
    bar.start(1, 0)
    return {
      // Its own timer draws it, ten times a second.
      update: () => undefined,
      around(write) {
        stderr.write(HOME + CLEAR)
        write()
      },
      stop() {
        if (isOver) return
        isOver = true
        bar.stop()
        stderr.write(HOME + CLEAR)
      },
    }
  }
}

/**
 * The terminal as the bar may use it: the line on which it stands. Its own saves the place of the cursor on the screen and
 * goes back there at the end, which is another line as soon as the screen has rolled; and it turns wrapping off, which
 * nobody turns on again if the process is killed.
 */
function lineTerminal(stderr: Writable): unknown {
  const nothing = (): void => undefined
  return {
    cursorSave: nothing,
    cursorRestore: nothing,
    cursor: nothing,
    lineWrapping: nothing,
    resetCursor: nothing,
    cursorTo: nothing,
    newline: nothing,
    clearLine: nothing,
    clearRight: nothing,
    clearBottom: nothing,
    // In one piece: a line that comes in parts flickers.
    write: (text: string) => stderr.write(HOME + text + CLEAR),
    isTTY: () => true,
    getWidth: () => 80,
  }
}
