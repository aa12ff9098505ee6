import { CRM_HOUSE } from './houses.ts'
import type { Line } from './line.ts'

const HOUSE = CRM_HOUSE

/** Lists of the CRM. */
export const CRM: Readonly<Record<string, Line>> = {
  'crm.deal.list': { ...HOUSE, fields: 'crm.deal.fields', page: 'crm/deals/crm-deal-list' },
  'crm.lead.list': { ...HOUSE, fields: 'crm.lead.fields', page: 'crm/leads/crm-lead-list' },
  'crm.contact.list': { ...HOUSE, fields: 'crm.contact.fields', page: 'crm/contacts/crm-contact-list' },
  'crm.company.list': { ...HOUSE, fields: 'crm.company.fields', page: 'crm/companies/crm-company-list' },
  'crm.quote.list': { ...HOUSE, fields: 'crm.quote.fields', page: 'crm/quote/crm-quote-list' },
  'crm.requisite.list': {
    ...HOUSE,
    fields: 'crm.requisite.fields',
    page: 'crm/requisites/universal/crm-requisite-list',
  },
  'crm.activity.list': {
    ...HOUSE,
    fields: 'crm.activity.fields',
    page: 'crm/timeline/activities/activity-base/crm-activity-list',
  },
  'crm.item.list': {
    ...HOUSE,
    rows: 'items',
    id: 'id',
    fields: { method: 'crm.item.fields', at: 'fields', needs: ['entityTypeId'] },
    spelling: 'camelCase',
    needs: ['entityTypeId'],
    page: 'crm/universal/crm-item-list',
  },
  'crm.stagehistory.list': {
    ...HOUSE,
    rows: 'items',
    needs: ['entityTypeId'],
    page: 'crm/crm-stage-history-list',
  },
  'crm.status.list': {
    ...HOUSE,
    paging: { by: 'whole' },
    select: 'none',
    page: 'crm/status/crm-status-list',
  },
}
