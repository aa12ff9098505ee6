import type { LoadedSettings } from './load-settings.ts'

/** Of a call or two there is nothing to report, unless somebody asks. */
export function withoutReport(settings: LoadedSettings): LoadedSettings {
  const { values } = settings
  return values.summary === 'auto' ? { ...settings, values: { ...values, summary: 'none' } } : settings
}
