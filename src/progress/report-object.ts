import type { WaitReason } from '../engine/events.ts'
import { rounded } from './interval-lines.ts'
import type { MethodFigures } from './method-record.ts'
import type { RunReport } from './report.ts'

/** Everything that is known of a run, for programs; times in seconds. */
export function reportObject(report: RunReport): Record<string, unknown> {
  const { method, exitCode, tally, time, now, processor, bottleneck, errors } = report
  return {
    type: 'summary',
    time: new Date(now).toISOString(),
    method,
    exit: exitCode,
    rows: tally.rows,
    rowsBefore: report.rowsBefore,
    refused: tally.refused,
    unknown: tally.unknown,
    requests: tally.requests,
    retries: tally.retries,
    waitingSeconds: { ...waitsIn(time.waitedMs), consumer: seconds(time.consumerMs) },
    portalSeconds: Object.fromEntries(
      [...tally.portalSeconds].map(([name, value]) => [name, rounded(value, 3)]),
    ),
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
    bytesOnWire: tally.wireBytes,
    bytesWritten: report.bytesWritten,
    durationSeconds: seconds(time.durationMs),
    timeSeconds: Object.fromEntries(Object.entries(time.usedMs).map(([use, ms]) => [use, seconds(ms)])),
    inFlight: { mean: rounded(time.meanInFlight, 2), max: time.mostInFlight },
    overTime: {
      sliceSeconds: seconds(time.slices.sliceMs),
      inFlight: time.slices.inFlight.map((value) => rounded(value, 2)),
      commandsPerRequest: time.slices.commands.map((value) =>
        value === undefined ? null : rounded(value, 1),
      ),
      rows: time.slices.rows,
    },
    methods: Object.fromEntries(time.methods.map((one) => [one.method, methodObject(one, report)])),
    processorSeconds: { user: seconds(processor.userMs), system: seconds(processor.systemMs) },
    peakMemoryBytes: report.peakMemoryBytes,
    bottleneck: { ...bottleneck, share: rounded(bottleneck.share, 2) },
    output: report.target ?? null,
    lastId: tally.lastId ?? null,
    errors,
    next: report.next ?? null,
  }
}

function methodObject(figures: MethodFigures, { method, tally }: RunReport): Record<string, unknown> {
  const { requests, lost, commands, done, durations, chains } = figures
  return {
    requests,
    lost,
    commands,
    pages: done,
    // Rows are those of the run's own method; what else is asked serves it.
    rows: figures.method === method ? tally.rows : null,
    portalSeconds: rounded(figures.portalSeconds, 3),
    bytesSent: figures.bytesSent,
    bytesReceived: figures.bytesReceived,
    bytesOnWire: figures.wireBytes,
    latencySeconds:
      durations === undefined
        ? null
        : {
            p50: seconds(durations.p50),
            p90: seconds(durations.p90),
            p99: seconds(durations.p99),
            max: seconds(durations.max),
          },
    commandsPerRequest: chains === undefined ? null : { ...chains, mean: rounded(chains.mean, 1) },
    waitingSeconds: waitsIn(figures.waitedMs),
  }
}

function waitsIn({
  bucket,
  operating,
  backoff,
  outage,
}: Readonly<Record<WaitReason, number>>): Record<string, number> {
  return {
    bucket: seconds(bucket),
    operating: seconds(operating),
    backoff: seconds(backoff),
    outage: seconds(outage),
  }
}

function seconds(ms: number): number {
  return rounded(ms / 1_000, 3)
}
