/** Of the portal: ten baskets of a minute, each leaving as a whole ten minutes after its first call. */
const WINDOW_SECONDS = 600
const BASKET_SECONDS = 60

/**
 * The shortest time in which a portal does so much work, whoever asks for it and however: each second as much as it can, as
 * long as the window has room. Begins at `startedAt` (Unix seconds), since baskets are minutes of the clock.
 *
 * @param perSecond operating time that all lanes together use up in a second
 */
export function bestSeconds(
  work: number,
  perSecond: number,
  limitSeconds: number,
  startedAt: number,
): number {
  const baskets: { number: number; firstAt: number; seconds: number }[] = []
  let left = work
  let now = startedAt
  for (; left > 0; now++) {
    while (baskets[0] !== undefined && now >= baskets[0].firstAt + WINDOW_SECONDS) baskets.shift()
    const room = limitSeconds - baskets.reduce((sum, { seconds }) => sum + seconds, 0)
    const seconds = Math.min(left, room, perSecond)
    if (seconds <= 0) continue
    left -= seconds
    const number = Math.floor(now / BASKET_SECONDS)
    const last = baskets.at(-1)
    if (last?.number === number) last.seconds += seconds
    else baskets.push({ number, firstAt: now, seconds })
  }
  return now - startedAt
}
