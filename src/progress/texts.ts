import { type WaitReason } from '../engine/events.ts'
import { type Tally, waitedMs } from './tally.ts'

const WAITING_FOR: Readonly<Record<WaitReason, string>> = {
  bucket: 'the request limit',
  operating: "the method's operating time",
  backoff: 'the next attempt',
}

/** The line while a run goes on: `12,345 rows, 7 requests, waiting for the request limit until 14:03:21`. */
export function progressText(tally: Tally, now: number): string {
  const done = `${amount(tally.rows, 'row')}, ${amount(tally.requests, 'request')}`
  const { wait } = tally
  if (wait === undefined || wait.until <= now) return done
  return `${done}, waiting for ${WAITING_FOR[wait.reason]} until ${clock(wait.until)}`
}

/** The line at the end: `12,345 rows, 7 requests, 1.2 s waiting -> deals.ndjson`. */
export function summaryText(tally: Tally, now: number, target: string | undefined): string {
  const waited = `${(waitedMs(tally, now) / 1_000).toFixed(1)} s waiting`
  const line = [amount(tally.rows, 'row'), amount(tally.requests, 'request'), waited].join(', ')
  return target === undefined ? line : `${line} -> ${target}`
}

function amount(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

/** Local time of day, HH:MM:SS. */
function clock(unixMs: number): string {
  const time = new Date(unixMs)
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
