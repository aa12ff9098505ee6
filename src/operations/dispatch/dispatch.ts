import type { Caller } from '../../engine/caller.ts'
import { Dispatcher } from './dispatcher.ts'
import type { DispatchOptions } from './options.ts'
import type { Item, Unit } from './unit.ts'

/**
 * Sends units packed into batches, several requests at a time, and hands on the items with their fates in the order of
 * their input: as many at a time as are ready, so that memory stays flat and the output is the same in any number of lanes.
 * Every item that was read comes out once and with a fate, unless the signal fires: then those that were not sent have none.
 *
 * @throws what ended the run, behind the last item: an error of reading the input, a failure that concerns all calls,
 * LimitError, the reason of the signal
 */
export function dispatch(
  caller: Caller,
  units: AsyncIterable<Unit>,
  options: DispatchOptions,
): AsyncGenerator<readonly Item[], void, undefined> {
  return new Dispatcher(caller, options).run(units)
}
