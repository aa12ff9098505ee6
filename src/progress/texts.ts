import type { WaitReason } from '../engine/events.ts'

/** What is waited for, in words. */
export const WAITING_FOR: Readonly<Record<WaitReason, string>> = {
  bucket: 'the request limit',
  operating: "the method's operating time",
  backoff: 'the next attempt',
  outage: 'the portal to answer again',
}

/** The same where there is little room. */
export const WAITING_SHORT: Readonly<Record<WaitReason, string>> = {
  bucket: 'request limit',
  operating: 'operating time',
  backoff: 'next attempt',
  outage: 'the portal',
}

/** `12,345`. Done by hand: what knows the customs of all languages takes 20 ms to wake up. */
export function grouped(count: number): string {
  const [whole = '', ...fraction] = String(count).split('.')
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.')
}

/** `12,345 rows`, `1 retry` */
export function amount(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${grouped(count)} ${count === 1 ? noun : plural}`
}

/** Local time of day, HH:MM:SS. */
export function clock(unixMs: number): string {
  const time = new Date(unixMs)
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** `4.2 s`, `48 s`, `1 min 43 s`, `2 h 5 min` */
export function timeSpan(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `220 ms`, `4.2 s`, `1 min 43 s` */
export function shortSpan(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : timeSpan(ms)
}

/** `512 B`, `83 kB`, `1.2 GB` */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let at = 0
  while (value >= 1_000 && at < units.length - 1) {
    value /= 1_000
    at++
  }
  return `${at === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[at]}`
}

/** Rows a second; below ten with a digit more. */
export function rate(rowsPerSecond: number): string {
  const value = rowsPerSecond < 10 ? Math.round(rowsPerSecond * 10) / 10 : Math.round(rowsPerSecond)
  return `${grouped(value)} rows/s`
}
