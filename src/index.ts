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
export { Bitrix24, type GetAllOptions } from './library/client.ts'
export { type Bitrix24Options } from './library/options.ts'
export { type InputParams, type InputValue, type Where } from './library/parameters.ts'
export { type Row, type Rows } from './library/rows.ts'
export { type Operator } from './operations/conditions.ts'
export { type Plan } from './protocol/limits.ts'
