/** The library that `bx24` is made of. */
export { type EventListener, type RunEvent, type WaitReason } from './engine/events.ts'
export {
  AuthError,
  Bx24Error,
  ConfigError,
  type Executed,
  IncompleteError,
  LimitError,
  type RefusalFacts,
  RefusalError,
  TransportError,
  type TransportFault,
  UsageError,
} from './errors.ts'
export { type BatchCommand, type BatchOptions } from './library/batch.ts'
export { type CallOptions } from './library/call.ts'
export { Bitrix24 } from './library/client.ts'
export { type GetAllOptions } from './library/get-all.ts'
export { type GetByIdOptions } from './library/get-by-id.ts'
export { type Id, type Inputs } from './library/inputs.ts'
export { type Bitrix24Options } from './library/options.ts'
export {
  type CallParams,
  type CallValue,
  type InputParams,
  type InputValue,
  type Where,
} from './library/parameters.ts'
export { type RawBody, type RawOptions, type RawResponse } from './library/raw.ts'
export { type DoneResult, type FailedResult, type Result, type Results } from './library/results.ts'
export { type Row, type Rows } from './library/rows.ts'
export { type Operator } from './operations/conditions.ts'
export { type ItemError } from './operations/dispatch/fate.ts'
export { type Plan } from './protocol/limits.ts'
