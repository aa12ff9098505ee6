import { describe, expect, test } from 'vitest'
import { authorizeAddress, clientEndpointOf, tokenAddress } from '../../src/auth/portal-addresses.ts'

const PORTAL = 'https://example.bitrix24.com/rest/'

describe('where tokens are asked for', () => {
  test.each([
    ['https://oauth.bitrix.info/rest/', PORTAL, 'https://oauth.bitrix.info/oauth/token/'],
    [
      'https://oauth.bitrix24.tech/rest/',
      'https://crm.example.com/rest/',
      'https://oauth.bitrix24.tech/oauth/token/',
    ],
    ['http://127.0.0.1:8024/rest/', 'http://127.0.0.1:8024/rest/', 'http://127.0.0.1:8024/oauth/token/'],
  ])('%s for %s', (server, portal, expected) => {
    expect(tokenAddress(server, portal)).toBe(expected)
  })

  test.each([
    'http://oauth.bitrix.info/rest/',
    'https://oauth.bitrix.info:8443/rest/',
    'https://user@oauth.bitrix.info/rest/',
    'https://oauth.bitrix.info.evil.example/rest/',
    'https://evil.example/rest/',
    'https://example.bitrix24.com/rest/',
    'http://127.0.0.1:8024/rest/',
    'oauth.bitrix.info',
    '',
  ])('never %j', (server) => {
    expect(tokenAddress(server, PORTAL)).toBeUndefined()
  })
})

test.each([
  ['example.bitrix24.com', 'https://example.bitrix24.com/rest/'],
  ['https://example.bitrix24.com', 'https://example.bitrix24.com/rest/'],
  ['https://example.bitrix24.com/rest/', 'https://example.bitrix24.com/rest/'],
  ['https://crm.example.com:8443/b24', 'https://crm.example.com:8443/b24/rest/'],
  ['http://127.0.0.1:8024', 'http://127.0.0.1:8024/rest/'],
  ['http://example.bitrix24.com', undefined],
  ['https://a:b@example.bitrix24.com', undefined],
  ['https://example.bitrix24.com/?auth=1', undefined],
  ['', undefined],
])('the portal %j is asked at %s', (portal, expected) => {
  expect(clientEndpointOf(portal)).toBe(expected)
})

test('the page on which a user lets an application in lies beside the API', () => {
  expect(authorizeAddress('https://crm.example.com/b24/rest/', 'local.1', 'a b')).toBe(
    'https://crm.example.com/b24/oauth/authorize/?client_id=local.1&response_type=code&state=a+b',
  )
})
