import { expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { lintParameters } from '../../src/operations/lint-parameters.ts'
import { listMethod } from '../../src/protocol/methods/table.ts'
import { ENTRIES, HAS_CORPUS } from './corpus.ts'

test.skipIf(!HAS_CORPUS)(
  'no parameter that is documented is taken for another one, and few are not known',
  () => {
    const refused: string[] = []
    const warned: string[] = []
    for (const { method, api, params_casing: casing, required_params: needed } of ENTRIES) {
      const known = listMethod(method, api)
      if (known === undefined) continue
      const names = [...Object.values(casing), ...needed].map((name) => name.replace(/[[.].*$/, ''))
      for (const name of names) {
        try {
          if (lintParameters({ [name]: 'x' }, known).length > 0) warned.push(`${method} ${name}`)
        } catch (error) {
          if (!(error instanceof UsageError)) throw error
          refused.push(`${method} ${name}: ${error.hint ?? ''}`)
        }
      }
    }
    expect(refused).toEqual([])
    // Those that are told of are few, or nobody would read what is told.
    expect(warned.length).toBeLessThan(15)
  },
)
