import { Refusal } from '../refusal.ts'
import { type Value, list, map } from '../values.ts'

const PREFIX = 'BITRIX_REST_V3_EXCEPTION_'

/** A no of REST 3.0. `name` is the code without what all codes begin with. */
export class V3Refusal extends Refusal {
  /** What is wrong with which parameter. */
  readonly validation: readonly { readonly field: string; readonly message: string }[]

  constructor(name: string, message: string, status = 400, validation: V3Refusal['validation'] = []) {
    super(`${PREFIX}${name}`, message, status)
    this.validation = validation
  }
}

export function missingField(field: string): V3Refusal {
  return invalidField(field, `Обязательное поле \`${field}\` не указано`)
}

export function invalidField(field: string, message: string): V3Refusal {
  const text = 'Ошибка при валидации объекта запроса'
  return new V3Refusal('VALIDATION_REQUESTVALIDATIONEXCEPTION', text, 400, [{ field, message }])
}

export function unknownField(name: string, entity: string): V3Refusal {
  return new V3Refusal(
    'UNKNOWNDTOPROPERTYEXCEPTION',
    `Неизвестное поле \`${name}\` для сущности \`${entity}\``,
  )
}

export function notFound(id: number): V3Refusal {
  return new V3Refusal('ENTITYNOTFOUNDEXCEPTION', `Объект с идентификатором \`${id}\` не найден`)
}

/** The checks before a method are those of the older API; their words are others here. */
const TRANSLATED: Readonly<Record<string, { readonly name: string; readonly status: number }>> = {
  ERROR_METHOD_NOT_FOUND: { name: 'METHODNOTFOUNDEXCEPTION', status: 404 },
  insufficient_scope: { name: 'INSUFFICIENTSCOPEEXCEPTION', status: 403 },
  QUERY_LIMIT_EXCEEDED: { name: 'RATELIMITEXCEPTION', status: 429 },
  OPERATION_TIME_LIMIT: { name: 'RATELIMITEXCEPTION', status: 429 },
  INTERNAL_SERVER_ERROR: { name: 'INTERNALEXCEPTION', status: 500 },
}

/** A refusal as REST 3.0 words it; one of the webhook stays as it is, since it comes before. */
export function translated(refusal: Refusal): Refusal {
  const known = TRANSLATED[refusal.code]
  return known === undefined ? refusal : new V3Refusal(known.name, refusal.description, known.status)
}

/** The body of an error: an object inside `error`, unless it is one of the older API. */
export function errorValue(refusal: V3Refusal): Value {
  const { code, description, validation } = refusal
  return map({
    error: map({
      code,
      message: description,
      validation:
        validation.length === 0
          ? undefined
          : list(validation.map(({ field, message }) => map({ message, field }))),
    }),
  })
}
