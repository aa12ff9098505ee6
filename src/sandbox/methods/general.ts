import { dateTime, nowSeconds } from '../clock.ts'
import { list, map, toText } from '../values.ts'
import type { Method } from './method.ts'

/** Methods that need no right. */
export function generalMethods(): Method[] {
  const method = (name: string, run: Method['run']): Method => ({ name, scope: undefined, weight: 0.05, run })
  return [
    method('server.time', () => ({ result: dateTime(nowSeconds()) })),
    method('scope', (world) => ({ result: list(world.scopes()) })),
    method('methods', (world) => ({ result: list(world.methodNames()) })),
    method('method.get', (world, { params }) => {
      const name = toText(params.get('name')).toLowerCase()
      const isExisting = world.methodNames().includes(name)
      return { result: map({ isExisting, isAvailable: isExisting }) }
    }),
    method('profile', () => ({
      result: map({
        ID: '1',
        ADMIN: true,
        NAME: 'Анна',
        LAST_NAME: 'Иванова',
        PERSONAL_GENDER: 'F',
        TIME_ZONE: '',
      }),
    })),
  ]
}
