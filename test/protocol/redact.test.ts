import { expect, test } from 'vitest'
import { redact, secretsInUrl } from '../../src/protocol/redact.ts'

const SECRET = 'canary7secret9code'

test.each([
  `https://x.bitrix24.com/rest/1/${SECRET}/crm.deal.list.json`,
  `https:\\/\\/x.bitrix24.com\\/rest\\/1\\/${SECRET}\\/`,
  `cmd[a]=https%3A%2F%2Fx.bitrix24.com%2Frest%2F1%2F${SECRET}%2Fcrm`,
  `{"auth":"${SECRET}","x":1}`,
  `{"cmd":{"a":"crm.deal.list?auth=${SECRET}&start=0"}}`,
  `{"cmd":{"a":"batch?cmd%5Ba%5D=x%3Fauth%3D${SECRET}%26start%3D0"}}`,
  `{"body":"{\\"access_token\\":\\"${SECRET}\\"}"}`,
  `refresh_token=${SECRET}`,
  `{"client_secret" : "${SECRET}"}`,
  `auth[access_token]=${SECRET}`,
  `AUTH_ID=${SECRET}&REFRESH_ID=${SECRET}`,
  `> authorization: Bearer ${SECRET}`,
  `< set-cookie: PHPSESSID=${SECRET}; path=/`,
  `https://user:${SECRET}@portal.example/`,
])('nothing of a secret is left in %s', (text) => {
  const shown = redact(text)
  expect(shown).not.toContain(SECRET)
  expect(shown).toContain('***')
})

test('a secret that is known is found wherever it stands', () => {
  expect(redact(`TITLE: ${SECRET}x`, [SECRET])).toBe('TITLE: ***x')
  expect(secretsInUrl(`https://x.bitrix24.com/rest/1/${SECRET}/crm.deal.list.json`)).toEqual([SECRET])
})

test.each([
  '{"result":[{"ID":"1","TITLE":"The author wrote rest/day"}],"total":1}',
  'filter[AUTHOR_ID]=5&select[]=ID&start=-1',
  'https://portal.example/crm/deal/details/5/',
])('what is no secret stays: %s', (text) => {
  expect(redact(text)).toBe(text)
})
