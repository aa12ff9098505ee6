/** The portal's zone; every date-time it shows is in it. */
const ZONE = '+03:00'
const ZONE_SECONDS = 3 * 3600
const DAY_SECONDS = 86_400

const twoDigits = (number: number): string => String(number).padStart(2, '0')
/** `T14:29:` for each minute of a day, and `05+03:00` for each second: rows hold many dates. */
const MINUTE_TEXTS = Array.from(
  { length: 1440 },
  (_, minute) => `T${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:`,
)
const SECOND_TEXTS = Array.from({ length: 60 }, (_, second) => twoDigits(second) + ZONE)
const dayTexts = new Map<number, string>()

/** Unix seconds → `2024-08-30T14:29:05+03:00`. Days repeat, so their text is kept (some thousands at most). */
export function dateTime(unixSeconds: number): string {
  const local = Math.floor(unixSeconds) + ZONE_SECONDS
  const day = Math.floor(local / DAY_SECONDS)
  const rest = local - day * DAY_SECONDS
  return dayText(day) + (MINUTE_TEXTS[Math.floor(rest / 60)] ?? '') + (SECOND_TEXTS[rest % 60] ?? '')
}

/** The midnight that a date is shown as: `2024-08-30T03:00:00+03:00`. */
export function dateOnly(unixSeconds: number): string {
  return `${dayText(Math.floor((Math.floor(unixSeconds) + ZONE_SECONDS) / DAY_SECONDS))}T03:00:00${ZONE}`
}

function dayText(day: number): string {
  let text = dayTexts.get(day)
  if (text === undefined) {
    text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10)
    dayTexts.set(day, text)
  }
  return text
}

/**
 * A date as a filter gives it, in the form that rows show, so that the two compare as texts. A text without a zone is
 * the portal's time; one that is no date stays as it is.
 */
export function comparableDate(text: string): string {
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim())
  if (iso === null) return text
  const [, day = '', time = '00:00:00', zone = ZONE] = iso
  const milliseconds = Date.parse(`${day}T${time}${zone}`)
  return Number.isNaN(milliseconds) ? text : dateTime(milliseconds / 1000)
}

/** Now in Unix seconds with fraction; read through the global clock, which tests replace. */
export function nowSeconds(): number {
  return Date.now() / 1000
}

/** Waits until the global clock shows `atMs`; at once if that has passed. */
export function waitUntil(atMs: number): Promise<void> {
  const ms = atMs - Date.now()
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
}
