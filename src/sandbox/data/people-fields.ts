import {
  type Field,
  EMAIL_FIELD,
  ID_FIELD,
  PHONE_FIELD,
  amount,
  dayWithin,
  field,
  idUpTo,
  momentWithin,
  oneOf,
} from './fields.ts'
import { auditFields, commentsField, sourceFields, userFields } from './crm-fields.ts'
import { pick } from '../random.ts'
import { COMPANIES, FIRST_NAMES, LAST_NAMES, POSITIONS, sometimesNasty, subject } from './texts.ts'

function nameFields(): Field[] {
  return [
    field('HONORIFIC', 'crm_status', oneOf(null, null, 'HNR_RU_1')),
    field('NAME', 'string', (n) => sometimesNasty(n, pick(FIRST_NAMES, n >>> 4))),
    field('SECOND_NAME', 'string', oneOf(null, 'Петровна', '')),
    field('LAST_NAME', 'string', (n) => pick(LAST_NAMES, n)),
    field('BIRTHDATE', 'date', oneOf('', null, '1987-03-14T03:00:00+03:00')),
    field('POST', 'string', (n) => pick(POSITIONS, n)),
    field('ADDRESS', 'string', (n) => (n % 3 === 0 ? `ул. Лесная, д. ${n % 90}` : null)),
    field('ADDRESS_CITY', 'string', oneOf(null, 'Москва', 'Kazan', '')),
  ]
}

export function leadFields(paddingBytes: number): readonly Field[] {
  return [
    ID_FIELD,
    field('TITLE', 'string', subject),
    ...nameFields(),
    field('COMPANY_TITLE', 'string', (n) => pick(COMPANIES, n)),
    field('STATUS_ID', 'crm_status', oneOf('NEW', 'IN_PROCESS', 'PROCESSED', 'CONVERTED', 'JUNK')),
    field('STATUS_DESCRIPTION', 'text', oneOf(null)),
    field('STATUS_SEMANTIC_ID', 'string', oneOf('P', 'S', 'F'), { isReadOnly: true }),
    field('CURRENCY_ID', 'string', oneOf('RUB', 'USD')),
    field('OPPORTUNITY', 'double', amount(90_000)),
    field('IS_RETURN_CUSTOMER', 'char', oneOf('N', 'Y')),
    field('COMPANY_ID', 'crm', idUpTo(9000, null)),
    field('CONTACT_ID', 'crm', idUpTo(9000, null)),
    field('DATE_CLOSED', 'datetime', (n, row) => (n % 2 === 0 ? '' : (momentWithin(40)(n, row) ?? ''))),
    ...auditFields(),
    commentsField(paddingBytes),
    ...sourceFields(),
    ...userFields(),
    PHONE_FIELD,
    EMAIL_FIELD,
  ]
}

export function contactFields(paddingBytes: number): readonly Field[] {
  return [
    ID_FIELD,
    ...nameFields(),
    field('TYPE_ID', 'crm_status', oneOf('CLIENT', 'SUPPLIER', 'PARTNER', 'OTHER')),
    field('PHOTO', 'string', oneOf(null)),
    field('LEAD_ID', 'crm', idUpTo(9000, null)),
    field('COMPANY_ID', 'crm', idUpTo(9000, null)),
    field('EXPORT', 'char', oneOf('Y', 'N')),
    field('HAS_PHONE', 'char', oneOf('Y', 'N'), { isReadOnly: true }),
    field('HAS_EMAIL', 'char', oneOf('Y', 'N'), { isReadOnly: true }),
    ...auditFields(),
    commentsField(paddingBytes),
    ...sourceFields(),
    ...userFields(),
    PHONE_FIELD,
    EMAIL_FIELD,
  ]
}

export function companyFields(paddingBytes: number): readonly Field[] {
  return [
    ID_FIELD,
    field('TITLE', 'string', (n) => sometimesNasty(n, pick(COMPANIES, n >>> 4))),
    field('COMPANY_TYPE', 'crm_status', oneOf('CUSTOMER', 'SUPPLIER', 'COMPETITOR', 'PARTNER')),
    field('LOGO', 'string', oneOf(null)),
    field('INDUSTRY', 'crm_status', oneOf('IT', 'TELECOM', 'MANUFACTURING', 'OTHER')),
    field('EMPLOYEES', 'crm_status', oneOf('EMPLOYEES_1', 'EMPLOYEES_2', null)),
    field('CURRENCY_ID', 'string', oneOf('RUB', 'EUR')),
    field('REVENUE', 'double', amount(9_000_000)),
    field('BANKING_DETAILS', 'text', oneOf(null, '')),
    field('IS_MY_COMPANY', 'char', oneOf('N')),
    field('LEAD_ID', 'crm', idUpTo(9000, null)),
    ...auditFields(),
    commentsField(paddingBytes),
    ...sourceFields(),
    ...userFields(),
    PHONE_FIELD,
    EMAIL_FIELD,
  ]
}

/** Rows of a smart process; the fields are few, as they are on portals. */
export function smartProcessFields(): readonly Field[] {
  return [
    ID_FIELD,
    field('XML_ID', 'string', oneOf('', null)),
    field('TITLE', 'string', subject),
    field('STAGE_ID', 'crm_status', oneOf('DT128_9:NEW', 'DT128_9:CLIENT', 'DT128_9:SUCCESS')),
    field('PREVIOUS_STAGE_ID', 'string', oneOf('', 'DT128_9:NEW')),
    field('BEGINDATE', 'date', dayWithin(3)),
    field('CLOSEDATE', 'date', dayWithin(60)),
    field('COMPANY_ID', 'crm', idUpTo(9000, '0')),
    field('CONTACT_ID', 'crm', idUpTo(9000, '0')),
    field('OPPORTUNITY', 'double', amount(100_000)),
    field('CURRENCY_ID', 'string', oneOf('RUB')),
    field('CATEGORY_ID', 'integer', oneOf('9')),
    ...auditFields(),
    ...sourceFields(),
    ...userFields(),
  ]
}
