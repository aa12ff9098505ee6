import { describe, expect, test } from 'vitest'
import { always, fakePortal } from '../support/fake-portal.ts'
import { runCli } from '../support/run-cli.ts'

describe('get-all of lists that are no lists of objects under a key', () => {
  test.each([
    ['texts', 'placement.list', ['CRM_LEAD', 'CRM_DEAL'], '"CRM_LEAD"\n"CRM_DEAL"\n'],
    ['numbers', 'im.chat.user.list', [1, 27], '1\n27\n'],
    [
      'a map',
      'imbot.bot.list',
      { 39: { ID: 39, NAME: 'A' }, 4: { ID: 4 } },
      '{"ID":4}\n{"ID":39,"NAME":"A"}\n',
    ],
    ['an empty map', 'imbot.bot.list', [], ''],
    ['groups', 'im.department.managers.get', { 1: [5, 7], 2: [] }, '5\n7\n'],
    ['a map of names', 'voximplant.tts.voices.get', { a: 'Anna', b: 'Boris' }, '"Anna"\n"Boris"\n'],
  ])('writes %s as they are', async (_, method, result, expected) => {
    const portal = await fakePortal(always({ result, time: {} }))
    const needs = method.startsWith('im.chat') ? ['-p', 'CHAT_ID=1'] : ['-p', 'ID=1']
    const words = ['get-all', method, ...(method.startsWith('im.') ? needs : [])]
    const run = await runCli(words, { env: { BX24_WEBHOOK: portal.webhook() } })
    expect(run).toMatchObject({ code: 0, stdout: expected })
  })

  test('says what the rows do not, and that a webhook will not do', async () => {
    const portal = await fakePortal(always({ result: { livechat: 'Live Chat' }, time: {} }))
    const run = await runCli(['get-all', 'imconnector.list'], { env: { BX24_WEBHOOK: portal.webhook() } })
    expect(run).toMatchObject({ code: 0, stdout: '"Live Chat"\n' })
    expect(run.stderr).toContain(
      'imconnector.list is for applications: with a webhook the portal refuses it.',
    )
    expect(run.stderr).toContain('stand under keys that are not in them')
  })

  test.each([
    ['null', null],
    ['false', false],
  ])('ends with an error where there is %s in place of rows', async (_, result) => {
    const portal = await fakePortal(always({ result, time: {} }))
    const run = await runCli(['get-all', 'landing.syspage.get', '-p', 'id=1'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain('landing.syspage.get answered something else than rows')
    expect(run.code).toBe(1)
  })

  test('sends nothing where reading would change something', async () => {
    const portal = await fakePortal(always({ result: { events: [] }, time: {} }))
    const run = await runCli(['get-all', 'event.offline.get'], { env: { BX24_WEBHOOK: portal.webhook() } })
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain('takes the events that it answers off the queue')
    expect(portal.requests).toEqual([])
  })

  test('sends parameters by position in their order, and nothing else', async () => {
    const portal = await fakePortal(always({ result: [{ ID: '5', TASK_ID: '1' }], total: 1, time: {} }))
    const run = await runCli(
      ['get-all', 'task.elapseditem.getlist', '-p', 'TASKID=1', '--where', 'USER_ID = 3'],
      {
        env: { BX24_WEBHOOK: portal.webhook() },
      },
    )
    expect(run).toMatchObject({ code: 0, stdout: '{"ID":"5","TASK_ID":"1"}\n' })
    expect(portal.requests).toEqual([expect.stringMatching(/task\.elapseditem\.getlist(?:\.json)?$/)])
    expect(JSON.parse(String(portal.bodies[0]))).toEqual({
      0: '1',
      1: { ID: 'ASC' },
      2: { USER_ID: '3' },
      3: [],
      4: { NAV_PARAMS: { nPageSize: 50, iNumPage: 1 } },
    })
  })

  test('puts rows that are no objects into a table as well', async () => {
    const portal = await fakePortal(always({ result: ['crm', 'task'], time: {} }))
    const run = await runCli(['get-all', 'scope', '--format', 'csv'], {
      env: { BX24_WEBHOOK: portal.webhook() },
    })
    expect(run).toMatchObject({ code: 0, stdout: 'value\ncrm\ntask\n' })
  })
})
