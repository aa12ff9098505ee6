import { expect, test } from 'vitest'
import { SandboxSettingError } from '../../src/sandbox/setting-values.ts'
import { sandboxSettings, sandboxSettingsFromText } from '../../src/sandbox/settings.ts'

test('one line of text holds all settings, each fault and reading with its own signs', () => {
  const settings = sandboxSettingsFromText(
    'rows=1000, ids=hole,fault=reset-before=5%,fault=http-502@3-5,fault=hang@2,fault=overload/10,' +
      'slow-by-load=2.5%,slower=4@1000-2000,reading=unresolved=literal',
  )
  expect(settings).toMatchObject({
    rows: 1000,
    ids: 'hole',
    plan: 'standard',
    bucketCapacity: 50,
    bucketDrainPerSecond: 2,
    faults: [
      { name: 'reset-before', chance: 0.05 },
      { name: 'http-502', from: 3, to: 5 },
      { name: 'hang', from: 2, to: 2 },
      { name: 'overload', every: 10 },
    ],
    slowByLoad: 0.025,
    slower: { factor: 4, from: 1000, to: 2000 },
  })
  expect(settings.readings).toMatchObject({ unresolved: 'literal', bill: 'nested' })
})

test('the plan sets the bucket, and what is given besides wins', () => {
  expect(sandboxSettings({ plan: 'enterprise' })).toMatchObject({
    bucketCapacity: 250,
    bucketDrainPerSecond: 5,
  })
  expect(sandboxSettings({ plan: 'enterprise', 'bucket-capacity': '9' }).bucketCapacity).toBe(9)
  expect(sandboxSettings({ plan: 'box' }).bucketCapacity).toBe(Number.POSITIVE_INFINITY)
})

test.each([
  ['row=5', "unknown sandbox setting 'row'; known are rows, ids,"],
  ['rows=many', "sandbox setting rows cannot be 'many'; allowed: a number from 0"],
  ['rows=1.5', "sandbox setting rows cannot be '1.5'; allowed: a whole number"],
  ['rows=-1', "sandbox setting rows cannot be '-1'"],
  ['workers=0', "sandbox setting workers cannot be '0'; allowed: a number from 1"],
  ['ids=odd', "sandbox setting ids cannot be 'odd'; allowed: sparse, dense, hole, clusters, skew, gaps"],
  ['fault=fire=5%', "sandbox setting fault cannot be 'fire=5%'; allowed: NAME=5% (chance)"],
  ['fault=hang=500%', "sandbox setting fault cannot be 'hang=500%'"],
  ['fault=hang@0', "sandbox setting fault cannot be 'hang@0'"],
  ['fault=hang/0', "sandbox setting fault cannot be 'hang/0'; allowed: NAME=5% (chance), NAME@3"],
  ['slow-by-load=5', "sandbox setting slow-by-load cannot be '5'; allowed: a share such as 5%"],
  ['slower=4', "sandbox setting slower cannot be '4'; allowed: FACTOR@PAGE"],
  ['slower=0.5@10', "sandbox setting slower cannot be '0.5@10'"],
  ['slower=4@0', "sandbox setting slower cannot be '4@0'"],
  ['slower=4@20-10', "sandbox setting slower cannot be '4@20-10'"],
  [
    'reading=moon=full',
    "sandbox setting reading cannot be 'moon=full'; allowed: QUESTION=VALUE with one of bill,",
  ],
  [
    'reading=bill=twice',
    "sandbox setting reading bill cannot be 'twice'; allowed: nested, separate, batch-half, none",
  ],
  ['rows=1,rows=2', 'sandbox setting rows is given 2 times; once is enough'],
  ['rows', "sandbox setting 'rows' has no value; write NAME=VALUE"],
])('%s is refused in one clear line', (text, message) => {
  expect(() => sandboxSettingsFromText(text)).toThrow(SandboxSettingError)
  expect(() => sandboxSettingsFromText(text)).toThrow(message)
})
