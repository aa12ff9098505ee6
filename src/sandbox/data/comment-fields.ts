import { dateTime } from '../clock.ts'
import { list, map } from '../values.ts'
import { type Field, ID_FIELD, createdSeconds, field, idUpTo, oneOf } from './fields.ts'
import { remark } from './texts.ts'

const READ_ONLY = { isReadOnly: true } as const

/** Comments in the timeline of a CRM entity. */
export function timelineCommentFields(entity: string, parentId: number): readonly Field[] {
  return [
    ID_FIELD,
    field('ENTITY_ID', 'integer', () => String(parentId), { blank: String(parentId) }),
    field('ENTITY_TYPE', 'string', () => entity, { blank: entity }),
    field('CREATED', 'datetime', (_, row) => dateTime(createdSeconds(row)), READ_ONLY),
    field('COMMENT', 'text', remark),
    field('AUTHOR_ID', 'user', idUpTo(173, '1', 1)),
    field('FILES', 'string', (n, row) => (n % 8 === 0 ? fileOf(row.id) : list([])), { blank: list([]) }),
  ]
}

/** Comments of a task, as the older task methods show them. */
export function taskCommentFields(): readonly Field[] {
  return [
    field('POST_MESSAGE_HTML', 'text', oneOf(null)),
    ID_FIELD,
    field('AUTHOR_ID', 'user', idUpTo(173, '1', 1)),
    field('AUTHOR_NAME', 'string', oneOf('Анна Иванова', 'Пётр Ким', "Maxim O'Neil")),
    field('AUTHOR_EMAIL', 'string', oneOf('', 'employee@example.com')),
    field('POST_DATE', 'datetime', (_, row) => dateTime(createdSeconds(row)), READ_ONLY),
    field('POST_MESSAGE', 'text', remark),
    field('ATTACHED_OBJECTS', 'string', () => list([])),
  ]
}

/** Files are an object keyed by their ids. */
function fileOf(commentId: number): ReturnType<typeof map> {
  const id = commentId * 2
  const name = `scan-${id}.pdf`
  const file = {
    id,
    type: 'file',
    name,
    size: 43_000,
    urlShow: `/disk/showFile/${id}/?&ncc=1&filename=${name}`,
  }
  return map([[String(id), map(file)]])
}
