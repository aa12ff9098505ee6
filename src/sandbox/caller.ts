import { billSeconds } from './bill.ts'
import type { ConcurrentWriter } from './concurrent-writer.ts'
import type { Table } from './data/table.ts'
import type { FaultDice, FaultName } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { Answer, Call, Method } from './methods/method.ts'
import type { RequestMeter } from './operating-time.ts'
import { RowPage } from './query/columns.ts'
import { Refusal } from './refusal.ts'
import { methodParams } from './request.ts'
import type { Slowness } from './slowness.ts'
import { type PhpArray, list } from './values.ts'
import type { World } from './world.ts'

/** The request that calls belong to. */
export interface RequestContext {
  readonly ordinal: number
  readonly credential: string
  readonly hasScopes: boolean
  readonly isJsonBody: boolean
  readonly isApplication: boolean
  /** Those of the API that is called. */
  readonly methods: ReadonlyMap<string, Method>
  readonly meter: RequestMeter
  /** Rows and portal seconds of the request so far, for the journal. */
  rows: number
  billedSeconds: number
}

export interface CallDone {
  readonly answer: Answer
  /** Under which the portal time was charged; undefined: nowhere. */
  readonly meterKey: string | undefined
  /** How many times the usual time it takes; it is billed so. */
  readonly slowness: number
  /** Executed, but the batch shall say nothing of it. */
  readonly isLost: boolean
}

/** Executes single calls, direct ones and commands of batches, in the portal's order of checks. */
export class MethodCaller {
  readonly #world: World
  readonly #faults: FaultDice
  readonly #ledger: Ledger
  readonly #journal: Journal
  readonly #writer: ConcurrentWriter
  readonly #slowness: Slowness

  constructor(
    world: World,
    faults: FaultDice,
    ledger: Ledger,
    journal: Journal,
    writer: ConcurrentWriter,
    slowness: Slowness,
  ) {
    this.#world = world
    this.#faults = faults
    this.#ledger = ledger
    this.#journal = journal
    this.#writer = writer
    this.#slowness = slowness
  }

  /** @throws Refusal if the portal says no; it is counted */
  call(context: RequestContext, name: string, params: PhpArray, isNested: boolean): CallDone {
    try {
      return this.#checkedCall(context, name, params, isNested)
    } catch (error) {
      if (error instanceof Refusal) this.#ledger.refused(error.code)
      throw error
    }
  }

  #checkedCall(context: RequestContext, name: string, params: PhpArray, isNested: boolean): CallDone {
    const method = context.methods.get(name.toLowerCase())
    if (method === undefined) throw new Refusal('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404)
    if (method.scope !== undefined && !context.hasScopes) throw this.#insufficientScope(isNested)
    const meterKey = this.#meterKey(context, method, isNested)
    if (meterKey !== undefined && context.meter.isOver(meterKey)) {
      this.#ledger.stats.violations.operating++
      throw operatingLimit()
    }
    const faults = this.#strike(isNested)
    const call: Call = {
      params: methodParams(params),
      start: params.get('start'),
      isNested,
      isJsonBody: context.isJsonBody,
      isApplication: context.isApplication,
    }
    this.#writer.disturb(faults, () => this.#changeableTable(method, call))
    const answer = this.#emptied(method.run(this.#world, call), method, call, faults)
    const slowness = this.#slowness.nextFactor()
    this.#book(context, method, params, { answer, meterKey, slowness }, isNested)
    const isLost = faults.includes('lost-command')
    if (isLost) this.#ledger.fired('lost-command')
    return { answer, meterKey, slowness, isLost }
  }

  #insufficientScope(isNested: boolean): Refusal {
    const text = isNested ? '' : 'The request requires higher privileges than provided by the webhook token'
    return new Refusal('insufficient_scope', text, Number(this.#world.settings.readings['auth-status']))
  }

  /** Whose operating time a call uses, by the reading; undefined where it is not charged. */
  #meterKey({ credential }: RequestContext, { name }: Method, isNested: boolean): string | undefined {
    const { plan, readings } = this.#world.settings
    if (plan === 'box') return undefined
    if (!isNested || readings.bill === 'nested') return `${credential} ${name}`
    if (readings.bill === 'separate') return `${credential} batch::${name}`
    return undefined
  }

  /** The faults that strike this call. @throws Refusal for those that refuse it */
  #strike(isNested: boolean): readonly FaultName[] {
    const faults = [...this.#faults.next('call'), ...(isNested ? this.#faults.next('command') : [])]
    if (faults.includes('operating-limit')) {
      this.#ledger.fired('operating-limit')
      throw operatingLimit()
    }
    if (faults.includes('failing-command')) {
      this.#ledger.fired('failing-command')
      throw new Refusal('INTERNAL_SERVER_ERROR', 'Internal server error', 500)
    }
    if (faults.includes('refused-command')) {
      this.#ledger.fired('refused-command')
      throw new Refusal('', 'Some field is wrong')
    }
    return faults
  }

  #changeableTable(method: Method, { params }: Call): Table | undefined {
    const query = method.query?.(this.#world, params)
    return query?.isOfNothing === true ? undefined : query?.table
  }

  #emptied(answer: Answer, method: Method, { params }: Call, faults: readonly FaultName[]): Answer {
    if (!faults.includes('empty-command') || (answer.rows ?? 0) === 0) return answer
    this.#ledger.fired('empty-command')
    const result = method.query?.(this.#world, params).wrap(new RowPage([], [])) ?? list([])
    return { ...answer, result, next: undefined, rows: 0 }
  }

  #book(
    context: RequestContext,
    method: Method,
    asked: PhpArray,
    { answer, meterKey, slowness }: Omit<CallDone, 'isLost'>,
    isNested: boolean,
  ): void {
    const { settings } = this.#world
    const seconds = slowness * billSeconds(settings.pageCostSeconds, method.weight, answer.load)
    if (meterKey !== undefined) context.meter.charge(meterKey, seconds)
    else if (isNested && settings.plan !== 'box' && settings.readings.bill === 'batch-half') {
      context.meter.charge(`${context.credential} batch`, seconds / 2)
    }
    context.rows += answer.rows ?? 0
    context.billedSeconds += seconds
    this.#ledger.called(method.name, answer.rows, seconds)
    if (answer.write === undefined) return
    const { entity, id, written } = answer.write
    this.#ledger.wrote(method.name)
    const { ordinal } = context
    this.#journal.write({ ordinal, isNested, method: method.name, entity, id, asked, written })
  }
}

export function operatingLimit(): Refusal {
  return new Refusal('OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.', 429)
}
