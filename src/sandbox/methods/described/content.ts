import {
  type ListColumn,
  changed,
  choice,
  codeId,
  column,
  constant,
  created,
  digits,
  flag,
  numberId,
  numeric,
  textId,
  title,
} from '../../described/columns.ts'
import { byLastId, lastIdOr } from '../../described/cursors.ts'
import type { Asking, ListDescription } from '../../described/description.ts'
import { byLimitOnly, byOffset, byPageNumber, byStart, wholeAnswer } from '../../described/pagers.ts'
import { keyedBy, under } from '../../described/shapes.ts'
import { Refusal } from '../../refusal.ts'
import { list, map, toInt, toText } from '../../values.ts'
import { given } from '../../described/given.ts'

const IN_PARAMS: Asking = { filter: 'params.filter', order: 'params.order', select: 'params.select' }
/** `limit` and `offset` inside `params`; nothing says how many there are or whether there are more. */
const PARAMS_OFFSET = byOffset({
  limit: 'params.limit',
  offset: 'params.offset',
  size: Number.MAX_SAFE_INTEGER,
  most: Number.MAX_SAFE_INTEGER,
})
const LOWER_CASE: Asking = { filter: 'filter', order: 'order' }
/** A page of a site that is of one of these kinds. */
const SPECIAL_PAGES: readonly string[] = [
  'mainpage',
  'catalog',
  'personal',
  'cart',
  'order',
  'compare',
  'payment',
]

/** Sites, files, the feed and documents. */
export const CONTENT: readonly ListDescription[] = [
  {
    name: 'landing.site.getList',
    rows: {
      table: 'landing-site',
      columns: () => [textId(), title(), choice('ACTIVE', 'Y', 'N'), changed('DATE_MODIFY')],
    },
    asking: IN_PARAMS,
    paging: PARAMS_OFFSET,
  },
  {
    name: 'landing.landing.getList',
    rows: {
      table: 'landing-landing',
      columns: () => [
        textId(),
        title(),
        digits('SITE_ID', 30),
        changed('DATE_MODIFY'),
        digits('DOMAIN_ID', 9),
      ],
    },
    asking: IN_PARAMS,
    paging: PARAMS_OFFSET,
  },
  {
    name: 'landing.syspage.get',
    rows: {
      table: 'landing-syspage',
      per: ['id'],
      count: SPECIAL_PAGES.length,
      ids: 'dense',
      columns: () => [
        codeId('TYPE', (_, row) => SPECIAL_PAGES[(row.id - 1) % SPECIAL_PAGES.length] ?? ''),
        digits('LANDING_ID', 9000),
        title(),
      ],
    },
    needs: ['id'],
    paging: wholeAnswer(),
    shape: keyedBy('TYPE'),
    // The second site has none, which is an empty map, and there is no tenth and none behind it.
    instead: (params) => {
      const site = toInt(given(params, 'id'))
      if (site === 2) return { result: list([]) }
      return site >= 10 ? { result: null } : undefined
    },
  },
  {
    name: 'landing.block.getrepository',
    rows: {
      table: 'landing-repository',
      count: 60,
      columns: () => [
        column('code', 'string', (_, row) => `block-${row.id}`),
        title('name'),
        column('items', 'string', () => list([])),
      ],
    },
    needs: ['section'],
    paging: wholeAnswer(),
    shape: keyedBy('code'),
    instead: (params) => (toText(given(params, 'section')) === 'unknown' ? { result: false } : undefined),
  },
  {
    name: 'landing.block.getlist',
    rows: {
      table: 'landing-block',
      per: ['lid'],
      count: 66,
      columns: (page) => [
        numberId(),
        constant('lid', Number(page)),
        title('name'),
        flag('active'),
        column('meta', 'string', () => map({ FAVORITE_META: 'Array' })),
      ],
    },
    needs: ['lid'],
    paging: wholeAnswer(),
  },
  ...['storage', 'folder'].map((kind): ListDescription => ({
    name: `disk.${kind}.getChildren`,
    rows: { table: `disk-${kind}`, per: ['id'], columns: () => fileColumns() },
    needs: ['id'],
    asking: LOWER_CASE,
    paging: byStart(),
  })),
  {
    name: 'disk.storage.getList',
    rows: {
      table: 'disk-storages',
      columns: () => [textId(), title('NAME'), choice('ENTITY_TYPE', 'user', 'group', 'common')],
    },
    asking: LOWER_CASE,
    paging: byStart(),
  },
  {
    name: 'disk.file.search',
    rows: { table: 'disk-found', columns: () => fileColumns() },
    needs: ['QUERY'],
    asking: {
      filter: 'FILTER',
      filterable: ['STORAGE_ID', 'FOLDER_ID'],
      unknownField: (name) => new Refusal('INVALID_FILTER', `Unknown key ${name} in FILTER`),
      isFalling: true,
    },
    paging: byStart({ total: 'none', minusOne: 'counted', isExact: true, greatestStart: 1000 }),
  },
  {
    name: 'log.blogpost.get',
    rows: {
      table: 'blogpost',
      columns: () => [
        textId(),
        title(),
        digits('AUTHOR_ID', 173),
        created('DATE_PUBLISH'),
        choice('CODE', null),
        column('FILES', 'string', () => list([])),
      ],
    },
    asking: { isFalling: true },
    // The cursor counts entries of the feed, whose numbers are others than those of the posts.
    paging: lastIdOr(byLastId({ size: 50, most: 200, shift: 1000 }), byStart()),
  },
  {
    name: 'log.blogcomment.user.get',
    rows: {
      table: 'blogcomment',
      columns: () => [
        numberId(),
        numeric('log_id', 9000),
        created('date'),
        title('text'),
        column('attach', 'string', (n) => (n % 4 === 0 ? list([n % 900]) : list([]))),
      ],
    },
    asking: { isFalling: true },
    paging: byLastId({ size: 100, most: 100 }),
    shape: under('comments', (rows) => ({
      files: list(
        rows.filter(({ row }) => row.hash % 4 === 0).map(({ row }) => map({ id: row.id * 2, type: 'image' })),
      ),
    })),
  },
  {
    name: 'documentgenerator.template.list',
    rows: {
      table: 'document-template',
      columns: () => [textId('id'), title('name'), choice('region', 'ru', 'de'), digits('sort', 900)],
    },
    asking: { ...LOWER_CASE, select: 'select' },
    paging: byStart({ minusOne: 'controller' }),
    shape: keyedBy('id', 'templates'),
  },
  {
    name: 'documentgenerator.numerator.list',
    rows: {
      table: 'numerator',
      columns: () => [textId('id'), title('name'), constant('template', '{NUMBER}')],
    },
    paging: byStart({ total: 'page', minusOne: 'counted' }),
    shape: under('numerators'),
  },
  {
    name: 'ai.engine.list',
    scope: 'ai_admin',
    rows: {
      table: 'ai-engine',
      columns: () => [numberId(), title('name'), choice('category', 'text', 'image'), created('dateCreate')],
    },
    asking: LOWER_CASE,
    paging: byLimitOnly('limit', 50, 200),
  },
  {
    name: 'biconnector.source.list',
    rows: {
      table: 'biconnector-source',
      columns: () => [textId('id'), title('title'), flag('active'), created('dateCreate')],
    },
    asking: { ...LOWER_CASE, select: 'select' },
    paging: byPageNumber({ page: 'page' }),
  },
]

function fileColumns(): readonly ListColumn[] {
  return [
    textId(),
    title('NAME'),
    choice('CODE', null),
    digits('STORAGE_ID', 9),
    choice('TYPE', 'file', 'file', 'folder'),
    digits('FOLDER_ID', 40),
    created('CREATE_TIME'),
    changed('UPDATE_TIME'),
  ]
}
