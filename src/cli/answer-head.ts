import type { RawAnswer } from '../engine/caller.ts'
import { cleanText } from './clean-text.ts'

/** Status and headers of an answer as they may be shown, a line each. */
export function answerHead({ status, headers }: RawAnswer): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    // What a header hides is known by how a trace writes it.
    [value ?? []].flat().map((one) => cleanText(`< ${name}: ${one}`).slice('< '.length)),
  )
  return [`HTTP ${status}`, ...lines].join('\n')
}
