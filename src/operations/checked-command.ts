import { UsageError } from '../errors.ts'
import type { BatchCommand } from '../input/batch-file.ts'
import { withWrittenBooleans } from '../protocol/booleans.ts'
import { checkClauses } from './check-clauses.ts'

/** A command with its parameters as the portal wants them. @throws UsageError, naming it, if they cannot be meant */
export function checkedCommand(command: BatchCommand): BatchCommand {
  const { line, id, method, params } = command
  try {
    checkClauses(params)
  } catch (error) {
    throw error instanceof UsageError ? error.at(`Line ${line} (id "${id}")`) : error
  }
  return { ...command, params: withWrittenBooleans(method, params) }
}
