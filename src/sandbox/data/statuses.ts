import { type Value, map } from '../values.ts'
import { DEAL_STAGES } from './deal-fields.ts'
import { type Field, type Row, ID_FIELD, field, oneOf } from './fields.ts'
import { type IdSequence, sequenceOf } from './ids.ts'

const FIRST_ID = 91

/** The dictionary of statuses: the stages of the first deal funnel. */
export const STATUS_IDS: IdSequence = sequenceOf(DEAL_STAGES.length, (index) => FIRST_ID + index * 2)

export function statusFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('ENTITY_ID', 'string', oneOf('DEAL_STAGE')),
    field('STATUS_ID', 'string', (_, row) => stageOf(row).id),
    field('NAME', 'string', (_, row) => stageOf(row).id.charAt(0) + stageOf(row).id.slice(1).toLowerCase()),
    field('NAME_INIT', 'string', oneOf('')),
    field('SORT', 'integer', (_, row) => String((indexOf(row) + 1) * 10)),
    field('SYSTEM', 'char', oneOf('Y')),
    field('CATEGORY_ID', 'integer', oneOf('0')),
    field('COLOR', 'string', oneOf('#39A8EF')),
    field('SEMANTICS', 'string', (_, row) => semantics(row)),
    field('EXTRA', 'string', (_, row) =>
      map({ SEMANTICS: semantics(row) === null ? 'process' : 'final', COLOR: '#39A8EF' }),
    ),
  ]
}

/** Stages in process show nothing. */
function semantics(row: Row): Value {
  const { semantics: letter } = stageOf(row)
  return letter === 'P' ? null : letter
}

/** A status that somebody adds is like one of those that there are. */
function stageOf(row: Row): (typeof DEAL_STAGES)[number] {
  const stage = DEAL_STAGES[indexOf(row) % DEAL_STAGES.length]
  if (stage === undefined) throw new Error('a funnel without stages')
  return stage
}

function indexOf(row: Row): number {
  return Math.floor((row.id - FIRST_ID) / 2)
}
