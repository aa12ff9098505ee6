import { type Field, type Row, ID_FIELD, amount, dayWithin, field, idUpTo, oneOf } from './fields.ts'
import { auditFields, commentsField, sourceFields, userFields } from './crm-fields.ts'
import { mix, pick, textHash } from '../random.ts'
import { subject } from './texts.ts'

const STAGE_SALT = textHash('STAGE_ID')

interface Stage {
  readonly id: string
  readonly semantics: 'P' | 'S' | 'F'
}

/** Stages of a funnel; those of another funnel than the first carry its number. */
export const DEAL_STAGES: readonly Stage[] = [
  { id: 'NEW', semantics: 'P' },
  { id: 'PREPARATION', semantics: 'P' },
  { id: 'EXECUTING', semantics: 'P' },
  { id: 'WON', semantics: 'S' },
  { id: 'LOSE', semantics: 'F' },
]

export function dealFields(paddingBytes: number): readonly Field[] {
  return [
    ID_FIELD,
    field('TITLE', 'string', subject),
    field('TYPE_ID', 'crm_status', oneOf('SALE', 'COMPLEX', 'GOODS', 'SERVICES')),
    field('STAGE_ID', 'crm_status', (_, row) => {
      const { category, stage } = dealStage(row)
      return category === 0 ? stage.id : `C${category}:${stage.id}`
    }),
    field('PROBABILITY', 'integer', oneOf(null, '10', '50', '90')),
    field('CURRENCY_ID', 'string', oneOf('RUB', 'RUB', 'USD', 'EUR')),
    field('OPPORTUNITY', 'double', amount(900_000)),
    field('IS_MANUAL_OPPORTUNITY', 'char', oneOf('Y', 'N')),
    field('TAX_VALUE', 'double', oneOf('0.00', null)),
    field('LEAD_ID', 'crm', idUpTo(9000, null)),
    field('COMPANY_ID', 'crm', idUpTo(9000, '0')),
    field('CONTACT_ID', 'crm', idUpTo(9000, null)),
    field('QUOTE_ID', 'crm', idUpTo(900, null, 8), { isReadOnly: true }),
    field('BEGINDATE', 'date', dayWithin(3)),
    field('CLOSEDATE', 'date', dayWithin(60)),
    ...auditFields(),
    field('CLOSED', 'char', (_, row) => (dealStage(row).stage.semantics === 'P' ? 'N' : 'Y')),
    commentsField(paddingBytes),
    field('ADDITIONAL_INFO', 'text', oneOf(null)),
    field('LOCATION_ID', 'integer', oneOf(null)),
    field('CATEGORY_ID', 'integer', (_, row) => String(dealStage(row).category)),
    field('STAGE_SEMANTIC_ID', 'string', (_, row) => dealStage(row).stage.semantics, {
      isReadOnly: true,
    }),
    field('IS_NEW', 'char', oneOf('N', 'Y', 'N')),
    field('IS_RECURRING', 'char', oneOf('N')),
    field('IS_RETURN_CUSTOMER', 'char', oneOf('N', 'Y')),
    field('IS_REPEATED_APPROACH', 'char', oneOf('N')),
    ...sourceFields(),
    ...userFields(),
  ]
}

function dealStage(row: Row): { category: number; stage: Stage } {
  // Stage, funnel and their consequences must agree, so all follow from the number of STAGE_ID.
  const number = mix(row.hash, STAGE_SALT)
  return { category: [0, 0, 1, 5][number % 4] ?? 0, stage: pick(DEAL_STAGES, number >>> 4) }
}
