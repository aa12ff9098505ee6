import { killedRefresh, type KilledRefresh } from '../killed-refresh.ts'
import type { Case, Part } from '../part.ts'

const KILLS = 50

export const REFRESH: Part = {
  name: 'refresh',
  promise: `kill -9 at ${KILLS} random moments of a renewal of the access by OAuth: the next run renews it and goes well. Only where a used refresh token is dead at once, and the answer with the new one had not come, must the user sign in again, and is told so with exit code 4.`,
  head: ['kills', 'before the answer', 'behind it', 'locked out'],
  atOnce: 1,
  cases([seed = 1], isShort) {
    if (isShort)
      return [
        refreshCase({ reading: 'until-used', kills: 3, seed }),
        refreshCase({ reading: 'dead', kills: 4, seed }),
      ]
    return (['until-used', 'dead', 'grace', 'alive'] as const).map((reading) =>
      refreshCase({ reading, kills: KILLS, seed }),
    )
  },
}

function refreshCase(plan: KilledRefresh): Case {
  return {
    name: `old refresh tokens are ${plan.reading}, seed ${plan.seed}`,
    async run() {
      const { kills, beforeAnswer, behindAnswer, lockouts, faults } = await killedRefresh(plan)
      return { cells: [kills, beforeAnswer, behindAnswer, lockouts].map(String), faults }
    },
  }
}
