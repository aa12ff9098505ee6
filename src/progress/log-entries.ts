import type { RunEvent } from '../engine/events.ts'
import { amount, clock, WAITING_FOR } from './texts.ts'

export const LOG_LEVELS = ['error', 'warning', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Something to be noted: a sentence for people, and the facts for programs. */
export interface LogEntry {
  readonly level: LogLevel
  readonly message: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Whether an entry of `level` is kept where `least` is asked for. */
export function isKept(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(least)
}

/** At `info`, a sign of life after so many requests. */
const REQUESTS_PER_LINE = 100

/** Turns what happens in a run into entries of its log; most happenings are none, or are noted at `debug` alone. */
export function logEntries(): (event: RunEvent) => LogEntry[] {
  let requests = 0
  let rows = 0
  let isBucketTold = false
  let timesShared = 0
  let lastWait: { until: number; reason: string } | undefined
  return (event) => {
    switch (event.type) {
      case 'sent': {
        requests++
        const { method, commands, bytes } = event
        const sent: LogEntry = {
          level: 'debug',
          message: `request ${requests}: ${method}${commands === 1 ? '' : ` (${amount(commands, 'command')} in a batch)`}`,
          facts: { event: 'sent', request: requests, method, commands, bytes },
        }
        return requests % REQUESTS_PER_LINE === 0 ? [sent, lifeSign(requests, rows)] : [sent]
      }
      case 'answered': {
        const { method, status, elapsedMs, bytes, portalSeconds } = event
        return [
          {
            level: 'debug',
            message: `answer: ${method}, HTTP ${status}, ${bytes} bytes in ${Math.round(elapsedMs)} ms, ${portalSeconds.toFixed(2)} s of the portal`,
            facts: {
              event: 'answered',
              method,
              status,
              elapsedMs: Math.round(elapsedMs),
              bytes,
              portalSeconds,
            },
          },
        ]
      }
      case 'waiting': {
        const { method, reason, until } = event
        // Lanes that wait for the same thing are one wait.
        if (lastWait !== undefined && lastWait.reason === reason && lastWait.until >= until) return []
        lastWait = { reason, until }
        // Once the burst is used up every request waits a little.
        const isUsual = reason === 'bucket' && isBucketTold
        isBucketTold ||= reason === 'bucket'
        return [
          {
            level: isUsual ? 'debug' : 'info',
            message: `waiting for ${WAITING_FOR[reason]} until ${clock(until)}: ${method}`,
            facts: { event: 'waiting', method, reason, until: new Date(until).toISOString() },
          },
        ]
      }
      case 'retrying': {
        const { method, attempt, error } = event
        return [
          {
            level: 'info',
            message: `retry ${attempt} of ${method}: ${error.message}`,
            facts: { event: 'retrying', method, attempt, code: error.code, error: error.message },
          },
        ]
      }
      case 'unreadable': {
        const { method, id, error } = event
        return [
          {
            level: 'warning',
            message: `the row of ${method} with the id ${id} cannot be read and is left out: ${error.message}`,
            facts: { event: 'unreadable', method, id, code: error.code, error: error.message },
          },
        ]
      }
      case 'sharing': {
        const { message } = event
        // That it has gone, and that it is back; what comes and goes must not fill a mail.
        const level = ++timesShared > 2 ? 'info' : 'warning'
        return [{ level, message, facts: { event: 'sharing' } }]
      }
      case 'recognised': {
        const { method, shape, isProven } = event
        const paging = isProven ? '' : ', and nothing shows how its pages are reached'
        return [
          {
            level: 'info',
            message: `${method} is not in the table of known methods; what it answers is as with ${shape}${paging}`,
            facts: { event: 'recognised', method, shape, isProven },
          },
        ]
      }
      case 'moved': {
        const { from, to } = event
        return [
          {
            level: 'warning',
            message: `the portal ${from} has moved to ${to}, where the rest is asked for; take the new address into the configuration`,
            facts: { event: 'moved', from, to },
          },
        ]
      }
      case 'outage': {
        const { host, since, until, error } = event
        return [
          {
            level: 'warning',
            message: `${host} has not answered since ${clock(since)}: ${error.message} Nothing is sent until it does; it is looked again at ${clock(until)}.`,
            facts: {
              event: 'outage',
              host,
              since: new Date(since).toISOString(),
              until: new Date(until).toISOString(),
              code: error.code,
              error: error.message,
            },
          },
        ]
      }
      case 'recovered': {
        const { host, since } = event
        return [
          {
            level: 'info',
            message: `${host} answers again; it was down since ${clock(since)}`,
            facts: { event: 'recovered', host, since: new Date(since).toISOString() },
          },
        ]
      }
      case 'page':
        rows += event.rows
        return []
      case 'failed-items':
      case 'lost':
      case 'outlook':
      case 'waited':
        return []
    }
  }
}

function lifeSign(requests: number, rows: number): LogEntry {
  return {
    level: 'info',
    message: `${amount(rows, 'row')} after ${amount(requests, 'request')}`,
    facts: { event: 'progress', rows, requests },
  }
}
