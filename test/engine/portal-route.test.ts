import { describe, expect, test } from 'vitest'
import { isSamePortal, PortalRoute } from '../../src/engine/portal-route.ts'
import { Secret } from '../../src/lib/secret.ts'

const PATH = '/rest/1/abcdef/crm.deal.list.json'

function isFollowed(from: string, to: string): boolean {
  return isSamePortal(new URL(`${from}${PATH}`), new URL(to.includes('/rest') ? to : `${to}${PATH}`))
}

describe('the same portal under another address', () => {
  test.each([
    ['https://old.bitrix24.com', 'https://new.bitrix24.com'],
    ['https://old.bitrix24.ru', 'https://old.bitrix24.com.br'],
    ['https://crm.example.com', 'https://crm.example.com:8443'],
    ['https://example.com', 'https://www.example.com'],
    ['https://www.example.com', 'https://example.com'],
    ['http://crm.example.com', 'https://crm.example.com'],
    ['http://127.0.0.1:8024', 'http://127.0.0.1:8025'],
  ])('%s may be %s', (from, to) => {
    expect(isFollowed(from, to)).toBe(true)
  })

  test.each([
    ['https://old.bitrix24.com', 'http://new.bitrix24.com', 'not encrypted'],
    ['https://old.bitrix24.com', 'https://new.bitrix24.com:8443', 'another service'],
    ['https://old.bitrix24.com', 'https://new.bitrix24.site', 'a site that a user builds'],
    ['https://old.bitrix24.com', 'https://new.bitrix24.evil', 'a zone that is nobody’s'],
    ['https://old.bitrix24.com', 'https://a.b.bitrix24.com', 'no name of a portal'],
    ['https://old.bitrix24.com', 'https://bitrix24.com', 'no portal'],
    ['https://old.bitrix24.com', 'https://new.bitrix24.com.evil.example', 'a stranger'],
    ['https://old.bitrix24.com', 'https://crm.example.com', 'from the cloud to a box'],
    ['https://crm.example.com', 'https://new.bitrix24.com', 'from a box to the cloud'],
    ['https://crm.example.com', 'https://portal.example.com', 'side by side'],
    ['https://foo.co.uk', 'https://bar.co.uk', 'strangers'],
    ['https://example.com', 'https://notexample.com', 'a name with the same end'],
    ['https://crm.example.com', 'https://com', 'no host'],
    ['https://10.0.0.1', 'https://0.0.1', 'numbers'],
    ['http://127.0.0.1:8024', 'http://localhost:8024', 'another name'],
    ['http://crm.example.com', 'http://crm.example.com:81', 'not encrypted'],
    ['https://crm.example.com', 'http://127.0.0.1', 'this machine'],
    ['https://old.bitrix24.com', 'https://new.bitrix24.com/rest/1/other/crm.deal.list.json', 'another path'],
    ['https://old.bitrix24.com', `https://new.bitrix24.com${PATH}?next=1`, 'more than the path'],
    ['https://old.bitrix24.com', `https://me:pass@new.bitrix24.com${PATH}`, 'somebody’s name'],
  ])('%s is not %s: %s', (from, to) => {
    expect(isFollowed(from, to)).toBe(false)
  })
})

describe('the route of a run', () => {
  const old = new Secret(`https://old.bitrix24.com${PATH}`)
  const fresh = `https://new.bitrix24.com${PATH}`

  test('takes one step, tells of it once, and everything goes the new way', () => {
    const told: string[] = []
    const route = new PortalRoute((from, to) => told.push(`${from} ${to}`))
    expect(route.towards(old)).toBe(old)
    expect(route.follows(old, fresh)).toBe(true)
    // Another lane had sent its request before.
    expect(route.follows(old, fresh)).toBe(true)
    expect(route.towards(old).reveal()).toBe(fresh)
    expect(told).toEqual(['https://old.bitrix24.com https://new.bitrix24.com'])
  })

  test('goes no second step, no circle, and nowhere else', () => {
    const route = new PortalRoute(() => undefined)
    expect(route.follows(old, fresh)).toBe(true)
    expect(route.follows(new Secret(fresh), `https://third.bitrix24.com${PATH}`)).toBe(false)
    expect(route.follows(new Secret(fresh), old.reveal())).toBe(false)
    expect(route.follows(old, `https://third.bitrix24.com${PATH}`)).toBe(false)
    expect(route.towards(old).reveal()).toBe(fresh)
  })

  test.each([undefined, '', PATH, 'no address: ', old.reveal()])('leads nowhere by %j', (location) => {
    const route = new PortalRoute(() => undefined)
    expect(route.follows(old, location)).toBe(false)
    expect(route.towards(old)).toBe(old)
  })
})
