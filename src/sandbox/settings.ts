import { ID_SHAPES, type IdShape } from './data/ids.ts'
import { FAULTS, FAULT_FORMS, type FaultRule, faultRule } from './faults.ts'
import { POISON_FORMS, type PoisonRule, poisonRule, WAYS } from './poison.ts'
import { type Readings, readingsFrom } from './readings.ts'
import { SandboxSettingError, badValue, choice, numberOf, shareOf } from './setting-values.ts'
import { type Plan, PLANS, SANDBOX_SETTINGS, type SettingName } from './setting-table.ts'
import { SLOWER_FORMS, type Slower, slower } from './slowness.ts'

/** How a sandbox portal is; every field resolved. */
export interface SandboxSettings {
  readonly rows: number
  /** Rows of each list that is none of the main ones. */
  readonly otherRows: number
  /** Most departments. */
  readonly departments: number
  readonly ids: IdShape
  readonly seed: number
  readonly plan: Plan
  /** Real time that a page or another call takes. */
  readonly pageMs: number
  /** Real time that a request takes besides. */
  readonly latencyMs: number
  /** Portal time billed for a page, apart from real time. */
  readonly pageCostSeconds: number
  /** Share by which pages take and cost more for each further request that is being worked on. */
  readonly slowByLoad: number
  readonly slower: Slower | undefined
  /** Requests worked on at once; others wait. */
  readonly workers: number
  readonly rowBytes: number
  readonly isGzip: boolean
  /** Requests that the bucket holds; infinite where there is none. */
  readonly bucketCapacity: number
  readonly bucketDrainPerSecond: number
  /** Portal time that a method may take within the window. */
  readonly operatingSeconds: number
  readonly windowSeconds: number
  /** Real time after which a request is cut off with 504. */
  readonly cutSeconds: number
  /** How long an access token lives. */
  readonly tokenSeconds: number
  /** Real time between the issue of tokens and the answer. */
  readonly tokenMs: number
  /** Scheme, host and port that the portal has moved to; undefined if it is here. */
  readonly movedTo: string | undefined
  readonly faults: readonly FaultRule[]
  readonly poison: readonly PoisonRule[]
  /** Rows that others add, change or delete each second in the list that is read. */
  readonly writesPerSecond: number
  readonly readings: Readings
}

const BUCKETS: Readonly<Record<Plan, { capacity: number; drain: number }>> = {
  standard: { capacity: 50, drain: 2 },
  enterprise: { capacity: 250, drain: 5 },
  box: { capacity: Number.POSITIVE_INFINITY, drain: 1 },
}

/** Resolves settings given as texts. @throws SandboxSettingError */
export function sandboxSettings(
  given: Readonly<Record<string, string | readonly string[]>> = {},
): SandboxSettings {
  const texts = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(given)) {
    const setting = SANDBOX_SETTINGS.find((one) => one.name === name)
    if (setting === undefined) {
      const known = SANDBOX_SETTINGS.map((one) => one.name).join(', ')
      throw new SandboxSettingError(`unknown sandbox setting '${name}'; known are ${known}`)
    }
    const values = typeof value === 'string' ? [value] : value
    if (setting.repeatable !== true && values.length > 1) {
      throw new SandboxSettingError(`sandbox setting ${name} is given ${values.length} times; once is enough`)
    }
    // Help texts show defaults, and some parsers hand them on.
    if (values.some((one) => one !== setting.default)) texts.set(name, values)
  }
  return resolve(texts)
}

/** Reads `rows=1000,fault=reset-before=5%`: commas part the settings, the first `=` the name. @throws SandboxSettingError */
export function sandboxSettingsFromText(text: string): SandboxSettings {
  const given: Record<string, string[]> = {}
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const equals = part.indexOf('=')
    if (equals < 0)
      throw new SandboxSettingError(`sandbox setting '${part.trim()}' has no value; write NAME=VALUE`)
    const name = part.slice(0, equals).trim()
    ;(given[name] ??= []).push(part.slice(equals + 1).trim())
  }
  return sandboxSettings(given)
}

function resolve(texts: ReadonlyMap<string, readonly string[]>): SandboxSettings {
  const text = (name: SettingName): string | undefined => texts.get(name)?.[0]
  const number = (name: SettingName, least: number): number => {
    const standard = SANDBOX_SETTINGS.find((one) => one.name === name)?.default
    return numberOf(name, text(name) ?? standard ?? '', least)
  }
  const whole = (name: SettingName, least: number): number => {
    const value = number(name, least)
    if (!Number.isSafeInteger(value)) throw badValue(name, String(value), 'a whole number')
    return value
  }
  const plan = choice('plan', text('plan') ?? 'standard', PLANS)
  const bucket = (name: SettingName, standard: number): number =>
    texts.has(name) ? number(name, 0.001) : standard
  return {
    rows: whole('rows', 0),
    otherRows: whole('other-rows', 0),
    departments: whole('departments', 0),
    ids: choice('ids', text('ids') ?? 'sparse', ID_SHAPES),
    seed: whole('seed', 0),
    plan,
    pageMs: number('page-ms', 0),
    latencyMs: number('latency-ms', 0),
    pageCostSeconds: number('page-cost', 0),
    slowByLoad: shareOf('slow-by-load', text('slow-by-load') ?? '0%'),
    slower: slowerRule(text('slower') ?? ''),
    workers: whole('workers', 1),
    rowBytes: whole('row-bytes', 0),
    isGzip: choice('gzip', text('gzip') ?? 'off', ['on', 'off'] as const) === 'on',
    bucketCapacity: bucket('bucket-capacity', BUCKETS[plan].capacity),
    bucketDrainPerSecond: bucket('bucket-drain', BUCKETS[plan].drain),
    operatingSeconds: number('operating-seconds', 0),
    windowSeconds: number('window-seconds', 0.001),
    cutSeconds: number('cut-seconds', 0.001),
    tokenSeconds: number('token-seconds', 0.001),
    tokenMs: number('token-ms', 0),
    movedTo: text('moved-to'),
    faults: faultRules(texts.get('fault') ?? []),
    poison: poisonRules(texts.get('poison') ?? []),
    writesPerSecond: number('writes', 0),
    readings: readingsFrom(texts.get('reading') ?? []),
  }
}

/** @throws SandboxSettingError */
export function faultRules(texts: readonly string[]): FaultRule[] {
  return texts
    .filter((one) => one !== '')
    .map((one) => {
      const rule = faultRule(one)
      if (rule !== undefined) return rule
      throw badValue('fault', one, `${FAULT_FORMS} with a NAME of ${Object.keys(FAULTS).join(', ')}`)
    })
}

function poisonRules(texts: readonly string[]): PoisonRule[] {
  return texts
    .filter((one) => one !== '')
    .map((one) => {
      const rule = poisonRule(one)
      if (rule !== undefined) return rule
      throw badValue('poison', one, `${POISON_FORMS} with a WAY of ${WAYS.join(', ')}`)
    })
}

function slowerRule(text: string): Slower | undefined {
  const rule = slower(text)
  if (rule === undefined && text !== '') throw badValue('slower', text, SLOWER_FORMS)
  return rule
}
