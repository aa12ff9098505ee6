import type { Method } from '../methods/method.ts'
import { type Value, list, map } from '../values.ts'

/** The document that says which methods there are. */
export function openApi(methods: readonly Method[]): Value {
  const tags = new Set(methods.flatMap(({ scope }) => scope ?? []))
  return map({
    openapi: '3.0.0',
    info: map({ title: 'Bitrix24 REST V3 API', version: '1.0.0' }),
    tags: list(Array.from(tags, (name) => map({ name, description: `${name} module methods` }))),
    paths: map(methods.map((method): [string, Value] => [`/${method.name}`, operation(method)])),
    components: map({ schemas: list([]) }),
  })
}

function operation(method: Method): Value {
  const { name, scope } = method
  const parameters = method.query === undefined ? [] : ['select', 'filter', 'order', 'pagination']
  const properties = map(parameters.map((one): [string, Value] => [one, map({ type: 'object' })]))
  return map({
    post: map({
      operationId: name,
      tags: list(scope === undefined ? [] : [scope]),
      requestBody: map({
        content: map({ 'application/json': map({ schema: map({ type: 'object', properties }) }) }),
      }),
    }),
  })
}
