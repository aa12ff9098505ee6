import { amount, clock, rate, timeSpan, WAITING_FOR, WAITING_SHORT } from './texts.ts'
import type { View } from './view.ts'

/** A bar is at least so wide that it says something, and no wider than the eye needs. */
const BAR = { least: 8, most: 30 }

/** `125,000 rows, 2,480 rows/s, 57 requests, waiting for … until 14:03:21`: all there is to say, on one line. */
export function progressText(view: View): string {
  const { rows, requests, retries, rowsPerSecond, wait, share, leftMs } = view
  return [
    amount(rows, 'row'),
    ...(share === undefined ? [] : [percent(share)]),
    ...(rows === 0 ? [] : [rate(rowsPerSecond)]),
    amount(requests, 'request'),
    ...(retries === 0 ? [] : [amount(retries, 'retry')]),
    ...(wait === undefined ? [] : [`waiting for ${WAITING_FOR[wait.reason]} until ${clock(wait.until)}`]),
    ...(leftMs === undefined ? [] : [`${timeSpan(leftMs)} left`]),
  ].join(', ')
}

/** What stands beside a spinner, in at most `width` columns: the most that fits. */
export function spinnerText(view: View, width: number): string {
  return firstThatFits(phrases(view), width)
}

/**
 * A bar and what stands behind it, in at most `width` columns. `drawBar` draws a share in so many columns.
 */
export function barText(
  view: View,
  width: number,
  drawBar: (share: number, columns: number) => string,
): string {
  const share = view.share ?? 0
  const head = `${percent(share).padStart(4)}  `
  const roomForWords = width - head.length - BAR.least - 1
  const texts = phrases(view)
  const words = texts.find(({ length }) => length <= roomForWords)
  // What is counted or waited for says more than a bar.
  if (words === undefined) {
    const line = `${head}${firstThatFits(texts, width - head.length)}`.trimEnd()
    return line.length <= width ? line : ''
  }
  const room = width - head.length - words.length - 1
  return `${drawBar(share, Math.min(BAR.most, room))} ${head}${words}`
}

/** From the one that says most to the shortest. */
function phrases({ rows, requests, retries, rowsPerSecond, wait, leftMs }: View): string[] {
  const counted = amount(rows, 'row')
  if (wait !== undefined) {
    const until = `until ${clock(wait.until)}`
    const long = `waiting for ${WAITING_FOR[wait.reason]} ${until}`
    const short = `${WAITING_SHORT[wait.reason]} ${until}`
    return [
      `${counted}, ${amount(requests, 'request')}, ${long}`,
      `${counted}, ${long}`,
      `${counted}, waiting for ${short}`,
      `${counted}, ${short}`,
      short,
    ]
  }
  const speed = rows === 0 ? [] : [rate(rowsPerSecond)]
  const sent = [amount(requests, 'request')]
  const again = retries === 0 ? [] : [amount(retries, 'retry')]
  const left = leftMs === undefined ? [] : [`${timeSpan(leftMs)} left`]
  return [
    [counted, ...speed, ...sent, ...again, ...left],
    [counted, ...speed, ...sent, ...left],
    [counted, ...speed, ...left],
    [counted, ...left],
    [counted],
  ].map((parts) => parts.join(', '))
}

function firstThatFits(texts: readonly string[], width: number): string {
  // A number that is cut is another number.
  return texts.find((text) => text.length <= width) ?? ''
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}
