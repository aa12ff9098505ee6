import {
  type OperatingFigure,
  type PortalAnswer,
  htmlAnswer,
  jsonAnswer,
  refusalValue,
  successJson,
  timeValue,
} from './answer.ts'
import { commandsIn, runBatch } from './batch.ts'
import { type CallDone, MethodCaller, type RequestContext, operatingLimit } from './caller.ts'
import { ConcurrentWriter } from './concurrent-writer.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { Comments } from './data/comments.ts'
import { Tables } from './data/tables.ts'
import { FAULTS, FaultDice, type FaultName } from './faults.ts'
import { type InspectedRequest, Inspector } from './inspector.ts'
import type { TextAnswer } from './introspection.ts'
import { Journal } from './journal.ts'
import { Ledger, type SandboxStats } from './ledger.ts'
import { METHODS, methodNames, scopes } from './methods/registry.ts'
import { OAuthServer } from './oauth/oauth-server.ts'
import { OperatingTime, RequestMeter } from './operating-time.ts'
import { escapeNonAscii, jsonBytes } from './php-json.ts'
import { Finder } from './query/find.ts'
import { PoisonedRequest } from './poison.ts'
import { poisonedAnswer } from './poisoned-answer.ts'
import { mix, textHash } from './random.ts'
import { faultyAnswer, feignedRefusal, isRequestFault, rateLimit } from './request-faults.ts'
import { Refusal } from './refusal.ts'
import { type AddressedCall, type PortalRequest, type V3Body, readCall } from './request.ts'
import { RequestBucket } from './request-bucket.ts'
import type { SandboxSettings } from './settings.ts'
import { Slowness } from './slowness.ts'
import { answerV3, v3RefusalJson } from './v3/answer.ts'
import { IdempotentAnswers } from './v3/idempotency.ts'
import { V3_METHODS } from './v3/registry.ts'
import { WorkClock } from './work-clock.ts'
import { Workers } from './workers.ts'
import type { World } from './world.ts'

/** A portal without HTTP. Time is the global `Date.now` and `setTimeout`, which tests may replace. */
export class Portal {
  readonly settings: SandboxSettings
  /** Path of the webhook that may do everything, `/rest/1/CODE/`. */
  readonly webhookPath: string
  /** Path of one that has no rights. */
  readonly scopelessPath: string
  readonly oauth: OAuthServer
  readonly #door: Doorkeeper
  readonly #world: World
  readonly #bucket: RequestBucket
  readonly #operating: OperatingTime
  readonly #workers: Workers
  readonly #faults: FaultDice
  readonly #ledger: Ledger
  readonly #journal = new Journal()
  readonly #caller: MethodCaller
  readonly #idempotent = new IdempotentAnswers()
  readonly #inspector: Inspector

  constructor(settings: SandboxSettings) {
    this.settings = settings
    const tables = new Tables(settings)
    const comments = new Comments(tables, settings.seed)
    this.#world = { settings, tables, comments, finder: new Finder(), methodNames, scopes }
    const isCounting = settings.readings['refused-counts'] === 'yes'
    const phaseMs = mix(settings.seed, textHash('phase')) % 1000
    const { bucketCapacity, bucketDrainPerSecond } = settings
    this.#bucket = new RequestBucket(bucketCapacity, bucketDrainPerSecond, isCounting, phaseMs)
    this.#operating = new OperatingTime(settings.operatingSeconds, settings.windowSeconds)
    this.#workers = new Workers(settings.workers)
    this.#faults = new FaultDice(settings.seed, settings.faults)
    this.#ledger = new Ledger()
    this.oauth = new OAuthServer(settings, this.#faults, this.#ledger)
    this.#door = new Doorkeeper(settings, this.oauth)
    ;({ webhookPath: this.webhookPath, scopelessPath: this.scopelessPath } = this.#door)
    this.#ledger.stats.scopeless = this.scopelessPath
    const writerSeed = mix(settings.seed, textHash('writer'))
    const writer = new ConcurrentWriter(this.#ledger, writerSeed, settings.writesPerSecond)
    const slowness = new Slowness(settings.slowByLoad, settings.slower, () => this.#workers.busy)
    this.#caller = new MethodCaller(this.#world, this.#faults, this.#ledger, this.#journal, writer, slowness)
    const inside = { world: this.#world, stats: this.stats, journal: this.#journal, faults: this.#faults }
    this.#inspector = new Inspector({ ...inside, oauth: this.oauth })
  }

  get stats(): SandboxStats {
    return this.#ledger.stats
  }

  /** Answers a request; never rejects for what a request contains. A failing socket is `wire` in the answer. */
  async handle(request: PortalRequest): Promise<PortalAnswer> {
    const inspected = this.inspect(request)
    if (inspected !== undefined) {
      const body = Buffer.from(Array.from(inspected.chunks).join(''))
      return { status: inspected.status, headers: { 'content-type': inspected.contentType }, body }
    }
    const byOAuth = await this.oauth.handle(request)
    if (byOAuth !== undefined) return byOAuth
    const call = readCall(request)
    if (call === undefined) return htmlAnswer(404)
    this.#ledger.enter()
    try {
      const answer = await this.#serve(call, request)
      this.#ledger.stats.bytes += answer.body.length
      return answer
    } finally {
      this.#ledger.leave()
    }
  }

  /** Answers `/_sandbox/...`, which is not counted, limited or disturbed; undefined for other addresses. */
  inspect(request: InspectedRequest): TextAnswer | undefined {
    return this.#inspector.inspect(request)
  }

  async #serve(call: AddressedCall, request: PortalRequest): Promise<PortalAnswer> {
    const ordinal = ++this.#ledger.stats.requests
    const at = Date.now()
    const isBatch = call.method === 'batch' && call.v3 === undefined
    const struck = [...this.#faults.next('request'), ...(isBatch ? this.#faults.next('batch') : [])]
    const fault = struck.find(isRequestFault)
    if (!this.#bucket.admits()) {
      this.#ledger.stats.violations.bucket++
      const isWorded = this.settings.readings['v3-limit'] === 'new'
      return this.#refusal(this.#counted(rateLimit()), isWorded ? call : undefined)
    }
    if (fault !== undefined) this.#fire(fault)
    const { movedTo } = this.settings
    if (movedTo !== undefined) return htmlAnswer(302, { location: `${movedTo}${request.path}` })
    const isExecuted = fault === undefined || this.#isExecuted(fault, ordinal)
    const context: RequestContext = {
      ordinal,
      credential: this.#door.credentialOf(call),
      hasScopes: this.#door.hasScopes(call),
      isJsonBody: call.isJsonBody,
      isApplication: call.webhook === undefined,
      methods: call.v3 === undefined ? METHODS : V3_METHODS,
      meter: new RequestMeter(this.#operating),
      rows: 0,
      billedSeconds: 0,
    }
    const executed = isExecuted ? await this.#work(call, context) : undefined
    const answer =
      fault === undefined ? (executed ?? htmlAnswer(502)) : faultyAnswer(fault, executed, request.path)
    if (isExecuted) {
      const { rows, billedSeconds } = context
      const params = isBatch ? commandsIn(call.params) : call.params
      this.#journal.request({
        ordinal,
        at,
        method: call.method,
        params,
        status: answer.status,
        fault,
        rows,
        billedSeconds,
      })
    }
    return answer
  }

  #fire(fault: FaultName): void {
    this.#ledger.fired(fault)
    const refusal = feignedRefusal(fault)
    if (refusal !== undefined) this.#counted(refusal)
  }

  #isExecuted(fault: FaultName, ordinal: number): boolean {
    const { isExecuted } = FAULTS[fault]
    return isExecuted === 'always' || (isExecuted === 'maybe' && this.#faults.coin(ordinal))
  }

  async #work(call: AddressedCall, context: RequestContext): Promise<PortalAnswer> {
    await this.#workers.take()
    const clock = new WorkClock(this.settings.cutSeconds)
    try {
      return (await clock.pass(this.settings.latencyMs))
        ? await this.#execute(call, context, clock)
        : htmlAnswer(504)
    } catch (error) {
      if (error instanceof Refusal) return this.#refusal(error, call)
      if (error instanceof PoisonedRequest) return poisonedAnswer(error)
      throw error
    } finally {
      context.meter.record()
      this.#workers.release()
    }
  }

  async #execute(call: AddressedCall, context: RequestContext, clock: WorkClock): Promise<PortalAnswer> {
    if (call.v3 !== undefined) return this.#newApi(call, call.v3, context, clock)
    const startedAt = Date.now()
    if (call.method === 'batch') return this.#batch(call, context, clock, startedAt)
    if (METHODS.has(call.method)) this.#authorise(call)
    const done = this.#caller.call(context, call.method, call.params, false)
    if (!(await clock.pass(this.settings.pageMs * done.slowness))) return htmlAnswer(504)
    const { result, next, total } = done.answer
    const time = timeValue(startedAt, Date.now(), this.#figure(context, done.meterKey))
    return this.#json(200, successJson(result, next, total, time))
  }

  #newApi(
    call: AddressedCall,
    body: V3Body,
    context: RequestContext,
    clock: WorkClock,
  ): Promise<PortalAnswer> {
    if (call.method === 'batch') this.#ledger.stats.batches++
    return answerV3(call, body, context, {
      kept: this.#idempotent,
      call: (name, params, isNested) => this.#caller.call(context, name, params, isNested),
      authorise: () => this.#authorise(call),
      pass: ({ slowness }) => clock.pass(this.settings.pageMs * slowness),
      figure: (done) => this.#figure(context, done?.meterKey),
      json: (status, json) => this.#json(status, json),
    })
  }

  async #batch(
    call: AddressedCall,
    context: RequestContext,
    clock: WorkClock,
    startedAt: number,
  ): Promise<PortalAnswer> {
    this.#authorise(call)
    const { readings } = this.settings
    const isShared = readings.bill === 'batch-half'
    const ownKey = isShared ? `${context.credential} batch` : undefined
    this.#ledger.stats.batches++
    if (ownKey !== undefined && this.settings.plan !== 'box' && context.meter.isOver(ownKey)) {
      this.#ledger.stats.violations.operating++
      throw this.#counted(operatingLimit())
    }
    const result = await runBatch(context, call.params, {
      unresolved: readings.unresolved,
      isFiltered: readings['batch-filter'] === 'on',
      call: (own, name, params): CallDone => this.#caller.call(own, name, params, true),
      pass: ({ slowness }) => clock.pass(this.settings.pageMs * slowness),
      figure: (done) => this.#figure(context, done.meterKey),
      sharedFigure: () => (isShared ? this.#figure(context, ownKey) : undefined),
    })
    if (result === undefined) return htmlAnswer(504)
    const time = timeValue(startedAt, Date.now(), this.#figure(context, ownKey))
    return this.#json(200, successJson(result, undefined, undefined, time))
  }

  /** @throws Refusal, which is counted */
  #authorise(call: AddressedCall): void {
    try {
      this.#door.check(call)
    } catch (error) {
      throw error instanceof Refusal ? this.#counted(error) : error
    }
  }

  /** Undefined on a box, which has no operating limit; without a key of its own a call shows 0. */
  #figure({ meter }: RequestContext, key: string | undefined): OperatingFigure | undefined {
    if (this.settings.plan === 'box') return undefined
    return { seconds: key === undefined ? 0 : meter.figure(key), resetAt: meter.resetAt(key ?? '') }
  }

  #refusal(refusal: Refusal, call?: AddressedCall): PortalAnswer {
    const worded = call?.v3 === undefined ? undefined : v3RefusalJson(refusal)
    if (worded !== undefined) return this.#json(worded.status, worded.body)
    return this.#json(refusal.status, jsonBytes(refusalValue(refusal)))
  }

  #counted(refusal: Refusal): Refusal {
    this.#ledger.refused(refusal.code)
    return refusal
  }

  #json(status: number, json: Buffer): PortalAnswer {
    const isEscaped = this.settings.readings['non-ascii'] === 'escaped'
    return jsonAnswer(status, isEscaped ? Buffer.from(escapeNonAscii(json.toString())) : json)
  }
}
