import { jsonAnswer, type PortalAnswer } from './answer.ts'
import type { PoisonedRequest } from './poison.ts'
import { faultyAnswer, isRequestFault } from './request-faults.ts'

/** What a request with a poisoned page in it is answered. */
export function poisonedAnswer({ way }: PoisonedRequest): PortalAnswer {
  const text = Buffer.from('{"result":[{"ID":"1","TITLE":"Деньги вперёд"},{"ID":"2"}],"time":{}}')
  return isRequestFault(way) ? faultyAnswer(way, jsonAnswer(200, text), '/') : jsonAnswer(200, text)
}
