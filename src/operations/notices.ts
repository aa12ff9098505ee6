import type { ListMethod } from '../protocol/methods/list-method.ts'

/** What whoever reads a list should know before, though nothing is wrong with what was asked for. */
export function noticesOf({ method, isForApplications, rows, notice }: ListMethod): string[] {
  return [
    ...(isForApplications === true
      ? [`${method} is for applications: with a webhook the portal refuses it`]
      : []),
    ...(rows.losesKeys === true
      ? [
          `The rows of ${method} stand under keys that are not in them and are not written: bx24 call ${method} has them`,
        ]
      : []),
    ...(notice === undefined ? [] : [notice]),
  ]
}
