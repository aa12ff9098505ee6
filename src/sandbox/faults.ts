import { mix, share, textHash } from './random.ts'

/**
 * What a fault strikes, and what the ordinals of `NAME@3` count.
 * `request`: HTTP requests; `batch`: those for `batch`; `command`: commands of batches; `call`: commands and direct calls;
 * `token`: requests for tokens.
 */
export type FaultTarget = 'request' | 'batch' | 'command' | 'call' | 'token'

interface FaultFacts {
  readonly target: FaultTarget
  /** Whether what was asked is done all the same; `maybe`: a seeded coin decides. */
  readonly isExecuted: 'never' | 'maybe' | 'always'
  readonly description: string
}

/** Trouble that the sandbox can make. */
export const FAULTS = {
  'http-500': { target: 'request', isExecuted: 'maybe', description: '500 INTERNAL_SERVER_ERROR in JSON' },
  'http-502': { target: 'request', isExecuted: 'maybe', description: '502 with an HTML page' },
  'http-503': {
    target: 'request',
    isExecuted: 'never',
    description: '503 with an HTML page, not the refusal of a limit',
  },
  'http-504': { target: 'request', isExecuted: 'always', description: '504 with an HTML page' },
  'html-200': { target: 'request', isExecuted: 'maybe', description: '200 with an HTML page (maintenance)' },
  'reset-before': {
    target: 'request',
    isExecuted: 'never',
    description: 'connection reset before the call is executed',
  },
  'reset-middle': {
    target: 'request',
    isExecuted: 'always',
    description: 'connection reset in the middle of the answer',
  },
  'lost-reply': {
    target: 'request',
    isExecuted: 'always',
    description: 'connection reset instead of an answer',
  },
  hang: { target: 'request', isExecuted: 'maybe', description: 'no answer ever; the connection stays open' },
  truncated: { target: 'request', isExecuted: 'always', description: 'sound HTTP, but the JSON ends early' },
  redirect: { target: 'request', isExecuted: 'never', description: '302 to another host' },
  'rate-limit': {
    target: 'request',
    isExecuted: 'never',
    description: '503 QUERY_LIMIT_EXCEEDED although there is room',
  },
  overload: { target: 'request', isExecuted: 'never', description: '503 OVERLOAD_LIMIT' },
  'expired-token': {
    target: 'request',
    isExecuted: 'never',
    description: '401 expired_token although the token is good',
  },
  'invalid-token': {
    target: 'request',
    isExecuted: 'never',
    description: '401 invalid_token although the token is good',
  },
  'empty-batch': {
    target: 'batch',
    isExecuted: 'always',
    description: 'a batch answers 200 and all its containers are empty',
  },
  'empty-command': {
    target: 'command',
    isExecuted: 'always',
    description: 'a command answers no rows where there are some',
  },
  'failing-command': {
    target: 'call',
    isExecuted: 'never',
    description: 'INTERNAL_SERVER_ERROR, in result_error for a command and with HTTP 500 for a direct call',
  },
  'lost-command': {
    target: 'command',
    isExecuted: 'always',
    description: 'a command that succeeded is in no container of the answer',
  },
  'refused-command': {
    target: 'call',
    isExecuted: 'never',
    description: 'a refusal for good: code "", text Some field is wrong, HTTP 400 for a direct call',
  },
  'operating-limit': {
    target: 'call',
    isExecuted: 'never',
    description: 'OPERATION_TIME_LIMIT although there is time left',
  },
  inserts: {
    target: 'call',
    isExecuted: 'always',
    description: 'somebody adds a row just before a list is read',
  },
  updates: {
    target: 'call',
    isExecuted: 'always',
    description: 'somebody changes a row just before a list is read',
  },
  deletes: {
    target: 'call',
    isExecuted: 'always',
    description: 'somebody deletes a row just before a list is read',
  },
  'token-invalid-grant': { target: 'token', isExecuted: 'never', description: '400 invalid_grant' },
  'token-invalid-client': { target: 'token', isExecuted: 'never', description: '401 invalid_client' },
  'token-wrong-client': { target: 'token', isExecuted: 'never', description: '200 wrong_client' },
  'token-invalid-request': { target: 'token', isExecuted: 'never', description: '400 invalid_request' },
  'token-scope': { target: 'token', isExecuted: 'never', description: '400 insufficient_scope' },
  'token-payment': { target: 'token', isExecuted: 'never', description: '401 PAYMENT_REQUIRED' },
  'token-not-installed': { target: 'token', isExecuted: 'never', description: '400 NOT_INSTALLED' },
  'token-500': { target: 'token', isExecuted: 'never', description: '500 with an HTML page' },
  'token-reset': {
    target: 'token',
    isExecuted: 'never',
    description: 'connection reset, no token issued',
  },
  'token-hang': { target: 'token', isExecuted: 'never', description: 'no answer; the connection stays open' },
  'token-lost': {
    target: 'token',
    isExecuted: 'always',
    description: 'connection reset in the place of the tokens that were issued',
  },
} as const satisfies Record<string, FaultFacts>

export type FaultName = keyof typeof FAULTS

/**
 * When a fault strikes: with a chance (0..1), from one ordinal to another, both included, every so many times, or for some
 * time: from so many seconds behind the first request on, until so many behind it.
 */
export type FaultRule =
  | { readonly name: FaultName; readonly chance: number }
  | { readonly name: FaultName; readonly from: number; readonly to: number }
  | { readonly name: FaultName; readonly every: number }
  | { readonly name: FaultName; readonly fromSecond: number; readonly untilSecond: number }

export const FAULT_FORMS =
  'NAME=5% (chance), NAME@3 or NAME@3-5 (by ordinal), NAME/10 (every tenth), NAME@10s-50s (by the time since the first request)'

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}

/** Reads `NAME=5%`, `NAME@3`, `NAME@3-5`, `NAME/10` or `NAME@10s-50s`; undefined if it is none of these. */
export function faultRule(text: string): FaultRule | undefined {
  const [, timed = '', since, until] = /^([a-z0-9-]+)@(\d+(?:\.\d+)?)s-(\d+(?:\.\d+)?)s$/.exec(text) ?? []
  if (since !== undefined && isFaultName(timed)) {
    const rule = { name: timed, fromSecond: Number(since), untilSecond: Number(until) }
    return rule.untilSecond > rule.fromSecond ? rule : undefined
  }
  const [, name = '', percent, from, to, every] =
    /^([a-z0-9-]+)(?:=(\d+(?:\.\d+)?)%|@(\d+)(?:-(\d+))?|\/(\d+))$/.exec(text) ?? []
  if (!isFaultName(name)) return undefined
  if (percent !== undefined)
    return Number(percent) <= 100 ? { name, chance: Number(percent) / 100 } : undefined
  if (every !== undefined) return Number(every) >= 1 ? { name, every: Number(every) } : undefined
  const first = Number(from)
  const last = Number(to ?? from)
  return first >= 1 && last >= first ? { name, from: first, to: last } : undefined
}

const NONE_YET = { request: 0, batch: 0, command: 0, call: 0, token: 0 }

/** Decides which faults strike. The same seed and the same order of calls give the same faults. */
export class FaultDice {
  readonly #seed: number
  #rules: readonly FaultRule[]
  #ordinals: Record<FaultTarget, number> = { ...NONE_YET }
  #startedAt: number | undefined

  constructor(seed: number, rules: readonly FaultRule[]) {
    this.#seed = seed
    this.#rules = rules
  }

  /** Other faults from now on; ordinals and time start again. */
  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules
    this.#ordinals = { ...NONE_YET }
    this.#startedAt = undefined
  }

  /** The faults that strike the next of its kind, in the order of the rules. */
  next(target: FaultTarget): readonly FaultName[] {
    const ordinal = ++this.#ordinals[target]
    this.#startedAt ??= Date.now()
    return this.#rules
      .filter((rule) => FAULTS[rule.name].target === target && this.#strikes(rule, ordinal))
      .map((rule) => rule.name)
  }

  /** A seeded coin for what else chance decides about a fault. */
  coin(salt: number): boolean {
    return mix(this.#seed, salt) % 2 === 0
  }

  #strikes(rule: FaultRule, ordinal: number): boolean {
    if ('from' in rule) return ordinal >= rule.from && ordinal <= rule.to
    if ('fromSecond' in rule) {
      const seconds = (Date.now() - (this.#startedAt ?? 0)) / 1000
      return seconds >= rule.fromSecond && seconds < rule.untilSecond
    }
    if ('every' in rule) return ordinal % rule.every === 0
    return share(mix(this.#seed ^ textHash(rule.name), ordinal)) < rule.chance
  }
}
