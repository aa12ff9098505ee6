import { EQUAL, PRESUMED, SITES_HOUSE, SMALL_HOUSE, lines, type Lines } from './houses.ts'

/** Sites, pages, and what they are made of. */
// prettier-ignore
const SITE_LISTS = (): Lines => lines(SITES_HOUSE, {
  'landing.demos.getList': { page: 'landing/demos/landing-demos-get-list' },
  'landing.landing.getList': { page: 'landing/page/methods/landing-landing-get-list' },
  'landing.template.getlist': { page: 'landing/template/landing-template-get-list' },
  'landing.repo.getList': { page: 'landing/index' },
  'landing.site.getList': { page: 'landing/index' },
  'landing.repowidget.getlist': { paging: PRESUMED, usualSelect: ['*'], page: 'vibe/landing-repowidget-get-list' },
})

/** The children of one parent, and references. */
// prettier-ignore
const SITE_WHOLE = (): Lines => lines(SMALL_HOUSE, {
  'landing.block.getlist': { id: 'id', needs: ['lid'], page: 'landing/block/methods/landing-block-get-list' },
  'landing.block.getrepository': { rows: '{}', losesKeys: true, page: 'landing/index' },
  'landing.demos.getPageList': { rows: '{}', code: 'ID', filter: 'none', needs: ['type'], page: 'landing/demos/landing-demos-get-page-list' },
  'landing.demos.getSiteList': { rows: '{}', code: 'ID', needs: ['type'], page: 'landing/index' },
  'landing.role.getList': { id: 'ID', page: 'landing/rights/role-model/landing-role-get-list' },
  'landing.site.getFolders': { id: 'ID', filter: 'filter', prefixes: EQUAL, needs: ['siteId'], page: 'landing/site/landing-site-get-folders' },
  'landing.site.getGroupBindings': { page: 'landing/embedding/knowledge-base/landing-site-get-group-bindings' },
  'landing.site.getMenuBindings': { page: 'landing/embedding/knowledge-base/landing-site-get-menu-bindings' },
  'landing.syspage.get': { rows: '{}', code: 'TYPE', needs: ['id'], page: 'landing/page/special-pages/landing-syspage-get' },
})

/** Lists of sites. */
export const LANDING = (): Lines => ({ ...SITE_LISTS(), ...SITE_WHOLE() })
