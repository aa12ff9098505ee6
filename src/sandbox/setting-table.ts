import { ID_SHAPES } from './data/ids.ts'
import { FAULT_FORMS } from './faults.ts'
import { POISON_FORMS } from './poison.ts'
import { SLOWER_FORMS } from './slowness.ts'

export const PLANS = ['standard', 'enterprise', 'box'] as const
export type Plan = (typeof PLANS)[number]

/** One setting as help and docs show it. */
export interface SandboxSetting {
  readonly name: string
  readonly default: string
  /** The values allowed, or else what stands for one in help texts. */
  readonly values?: readonly string[]
  readonly placeholder?: string
  readonly description: string
  readonly repeatable?: boolean
}

const SETTING_TABLE = [
  {
    name: 'rows',
    default: '1000',
    placeholder: 'N',
    description: 'deals, and as many leads, contacts, tasks and so on',
  },
  {
    name: 'ids',
    default: 'sparse',
    values: ID_SHAPES,
    description:
      'how ids lie: one in every ten, without gaps, with a hole twenty times as wide as all before it, on forty islands, ' +
      'ever thinner, three of ten missing by chance',
  },
  { name: 'seed', default: '1', placeholder: 'N', description: 'number that all chance follows from' },
  { name: 'plan', default: 'standard', values: PLANS, description: 'limits of this plan; box has none' },
  {
    name: 'page-ms',
    default: '0',
    placeholder: 'MS',
    description: 'real time for a page or call, one after another in a batch',
  },
  { name: 'latency-ms', default: '0', placeholder: 'MS', description: 'real time for a request besides' },
  {
    name: 'page-cost',
    default: '0.2',
    placeholder: 'SECONDS',
    description: 'portal time billed for a page (no real time)',
  },
  {
    name: 'slow-by-load',
    default: '0%',
    placeholder: 'SHARE',
    description: 'what a page takes and costs more for each further request in work, such as 5%',
  },
  {
    name: 'slower',
    default: '',
    placeholder: 'FACTOR@PAGE',
    description: `pages take and cost so many times as much: ${SLOWER_FORMS}`,
  },
  { name: 'workers', default: '8', placeholder: 'N', description: 'requests worked on at once; others wait' },
  {
    name: 'row-bytes',
    default: '1000',
    placeholder: 'BYTES',
    description: 'size of a deal, lead, contact or company as JSON; shorter than its fields is not possible',
  },
  {
    name: 'fault',
    default: '',
    placeholder: 'FAULT',
    repeatable: true,
    description: `trouble to make: ${FAULT_FORMS}`,
  },
  {
    name: 'poison',
    default: '',
    placeholder: 'POISON',
    repeatable: true,
    description: `rows that make every page with them fail: ${POISON_FORMS}`,
  },
  {
    name: 'writes',
    default: '0',
    placeholder: 'N',
    description: 'rows that others add, change or delete each second in the list that is read',
  },
  {
    name: 'reading',
    default: '',
    placeholder: 'QUESTION=VALUE',
    repeatable: true,
    description: 'how to behave where sources about the real portal disagree',
  },
  {
    name: 'other-rows',
    default: '320',
    placeholder: 'N',
    description: 'rows of each list of another dialect',
  },
  { name: 'departments', default: '120', placeholder: 'N', description: 'most departments' },
  {
    name: 'gzip',
    default: 'off',
    values: ['on', 'off'],
    description: 'compress answers for clients that accept it',
  },
  {
    name: 'bucket-capacity',
    default: 'of the plan',
    placeholder: 'N',
    description: 'requests that the bucket holds (50; enterprise 250)',
  },
  {
    name: 'bucket-drain',
    default: 'of the plan',
    placeholder: 'N',
    description: 'requests that leave the bucket each second (2; enterprise 5)',
  },
  {
    name: 'operating-seconds',
    default: '480',
    placeholder: 'SECONDS',
    description: 'portal time that a method may take within the window',
  },
  {
    name: 'window-seconds',
    default: '600',
    placeholder: 'SECONDS',
    description: 'the window, counted in ten baskets',
  },
  {
    name: 'cut-seconds',
    default: '60',
    placeholder: 'SECONDS',
    description: 'real time after which a request is cut off with 504',
  },
  {
    name: 'token-seconds',
    default: '3600',
    placeholder: 'SECONDS',
    description: 'how long an access token of OAuth lives',
  },
  {
    name: 'token-ms',
    default: '0',
    placeholder: 'MS',
    description: 'real time between the issue of tokens and the answer with them',
  },
  {
    name: 'moved-to',
    default: '',
    placeholder: 'ORIGIN',
    description: 'scheme, host and port that the portal has moved to: every call answers 302',
  },
] as const satisfies readonly SandboxSetting[]

/** Every setting of the sandbox; what parses, explains and documents them reads this table. */
export const SANDBOX_SETTINGS: readonly SandboxSetting[] = SETTING_TABLE

export type SettingName = (typeof SETTING_TABLE)[number]['name']
