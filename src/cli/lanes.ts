import type { LoadedSettings } from './load-settings.ts'

/**
 * Requests in flight at a time for what goes `usual` at a time. The flag `--concurrency` speaks of this run and sets them;
 * the environment and files speak of all runs and only bound them, so that a number meant for exports raises no writes.
 */
export function lanesOf(usual: number, { values, given }: Pick<LoadedSettings, 'values' | 'given'>): number {
  const { concurrency = usual } = values
  return given.concurrency?.origin.kind === 'flag' ? concurrency : Math.min(usual, concurrency)
}
