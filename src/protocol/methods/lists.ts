import { CAPITALS_HOUSE, KEYSET, START, WHOLE, lines, type Lines } from './houses.ts'

/** Lists, storages of applications, business processes, and other old modules. */
// prettier-ignore
const ENTITY_LISTS = (): Lines => lines(CAPITALS_HOUSE, {
  'lists.element.get': { paging: KEYSET, prefixes: ['', '>', '>=', '<', '<=', '%'], order: 'ELEMENT_ORDER', needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'], spelling: 'any', page: 'lists/elements/lists-element-get' },
  'lists.section.get': { paging: START, order: 'none', needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'], page: 'lists/sections/lists-section-get' },
  'lists.get': { paging: START, filter: 'none', select: 'none', order: 'IBLOCK_ORDER', needs: ['IBLOCK_TYPE_ID'], page: 'lists/lists/lists-get' },
  'lists.field.get': { rows: '{}', code: 'FIELD_ID', filter: 'none', select: 'none', order: 'none', needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'], page: 'lists/index' },
  'lists.field.type.get': { rows: '{}', losesKeys: true, id: 'none', paging: WHOLE, filter: 'none', select: 'none', order: 'none', needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE'], page: 'lists/fields/lists-field-type-get' },
  'lists.element.get.file.url': { id: 'none', paging: WHOLE, filter: 'none', select: 'none', order: 'none', needs: ['IBLOCK_TYPE_ID', 'IBLOCK_ID|IBLOCK_CODE', 'ELEMENT_ID|ELEMENT_CODE', 'FIELD_ID'], page: 'lists/elements/lists-element-get-file-url' },
  'entity.get': { rows: '|{}', paging: WHOLE, filter: 'none', select: 'none', order: 'none', isForApplications: true, page: 'entity/entities/entity-get' },
  'entity.item.get': { paging: KEYSET, select: 'none', order: 'SORT', needs: ['ENTITY'], isForApplications: true, page: 'entity/items/entity-item-get' },
  'entity.item.property.get': { rows: '|{}', code: 'PROPERTY', paging: WHOLE, filter: 'none', select: 'none', order: 'none', needs: ['ENTITY'], isForApplications: true, page: 'entity/items/properties/entity-item-property-get' },
  'entity.section.get': { paging: KEYSET, select: 'none', order: 'SORT', needs: ['ENTITY'], isForApplications: true, page: 'entity/index' },
  'bizproc.task.list': { paging: { by: 'keyset', start: 'START' }, page: 'bizproc/bizproc-task/bizproc-task-list' },
  'bizproc.workflow.instances': { code: 'ID', paging: START, page: 'bizproc/index' },
  'bizproc.workflow.template.list': { paging: START, page: 'bizproc/index' },
  'bizproc.activity.list': { id: 'none', paging: WHOLE, filter: 'none', select: 'none', order: 'none', isForApplications: true, page: 'bizproc/bizproc-activity/bizproc-activity-list' },
  'bizproc.robot.list': { id: 'none', paging: WHOLE, filter: 'none', select: 'none', order: 'none', isForApplications: true, page: 'bizproc/bizproc-robot/bizproc-robot-list' },
  'sonet_group.get': { paging: START, select: 'none', page: 'sonet-group/index' },
  'sonet_group.user.get': { id: 'USER_ID', filter: 'none', select: 'none', order: 'none', needs: ['ID'], page: 'sonet-group/index' },
  'sonet_group.user.groups': { id: 'GROUP_ID', paging: WHOLE, filter: 'none', select: 'none', order: 'none', page: 'sonet-group/sonet-group-user-groups' },
  'voximplant.sip.get': { id: 'CONFIG_ID', paging: START, select: 'none', sortBy: ['SORT', 'ORDER'], page: 'telephony/voximplant/sip/voximplant-sip-get' },
  'voximplant.statistic.get': { paging: KEYSET, select: 'none', sortBy: ['SORT', 'ORDER'], page: 'telephony/voximplant/voximplant-statistic-get' },
  'voximplant.line.get': { rows: '{}', losesKeys: true, id: 'none', filter: 'none', select: 'none', order: 'none', page: 'telephony/index' },
  'voximplant.tts.voices.get': { rows: '{}', losesKeys: true, id: 'none', paging: WHOLE, filter: 'none', select: 'none', order: 'none', page: 'telephony/voximplant/voximplant-tts-voices-get' },
  'voximplant.user.get': { filter: 'none', select: 'none', order: 'none', needs: ['USER_ID'], page: 'telephony/index' },
})

/** Lists of modules that write everything in capitals. */
export const LISTS = (): Lines => ({ ...ENTITY_LISTS() })
