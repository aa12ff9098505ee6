import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FAULTS } from '../../src/sandbox/faults.ts'
import { METHODS } from '../../src/sandbox/methods/registry.ts'
import { READINGS } from '../../src/sandbox/readings.ts'
import { SANDBOX_SETTINGS } from '../../src/sandbox/setting-table.ts'
import { V3_METHODS } from '../../src/sandbox/v3/registry.ts'

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
/** First cells of all tables of the page. */
const documented = Array.from(page.matchAll(/^\| `([^`]+)`/gm), ([, name]) => name)

test('docs/sandbox.md has a row for every setting, fault and reading, and for nothing else', () => {
  const names = [...SANDBOX_SETTINGS.map((one) => one.name), ...Object.keys(FAULTS), ...Object.keys(READINGS)]
  expect([...documented].sort()).toEqual([...names].sort())
})

test('docs/sandbox.md names every value and every default', () => {
  const row = (name: string): string =>
    page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? ''
  for (const setting of SANDBOX_SETTINGS) {
    for (const value of setting.values ?? [setting.default]) expect(row(setting.name)).toContain(value)
  }
  for (const [question, { values }] of Object.entries(READINGS)) {
    for (const value of values) expect(row(question)).toContain(`\`${value}\``)
  }
})

test('docs/sandbox.md names every list method', () => {
  const all = [...METHODS.values(), ...V3_METHODS.values()]
  const lists = all.filter((method) => method.query !== undefined)
  expect(lists.map(({ name }) => name).filter((name) => !page.includes(name))).toEqual([])
})
