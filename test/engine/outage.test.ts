import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.ts'
import { portalInProcess, type TestOptions } from '../support/portal-in-process.ts'
import { inVirtualTime } from '../support/virtual-time.ts'
import { walk } from '../support/walk.ts'

test('x', async () => {
      const at: [number, RunEvent][] = []
      const { value, seconds } = await inVirtualTime(async () => {
        const t0 = Date.now()
        const settings = { rows: '200000', 'page-ms': '220', 'row-bytes': '100', fault: [`${process.env.F ?? 'http-502'}@30s-70s`] }
        const p = portalInProcess(settings, { onEvent: (e) => { at.push([(Date.now() - t0)/1000, e]) } })
        const { ids } = await walk(p.caller)
        expect(ids).toEqual(await p.truth())
        return p.portal.stats
      })
      let last = ''
      const pages: number[] = []
      for (const [t, e] of at) {
        if (e.type === 'answered') pages[Math.floor(t/10)] = (pages[Math.floor(t/10)] ?? 0) + [...e.done.values()].reduce((a,b)=>a+b,0)
        if (t > 27 && t < 95 && ['sent','lost','outage','recovered','retrying'].includes(e.type)) console.log(t.toFixed(2), e.type, (e as any).method ?? '', (e as any).commands ?? '', (e as any).error?.message ?? '')
      }
      console.log(seconds, JSON.stringify(pages), value.requests, value.faults)
}, 60000)
