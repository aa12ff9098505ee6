import { SMALL_HOUSE, START, TRADE_HOUSE, lines, type Lines } from './houses.ts'

/** Walked by id. */
// prettier-ignore
const CATALOG_LISTS = (): Lines => lines(TRADE_HOUSE, {
  'catalog.document.list': { rows: 'documents', page: 'catalog/document/catalog-document-list' },
  'catalog.documentcontractor.list': { rows: 'documentContractor', page: 'catalog/documentcontractor/catalog-documentcontractor-list' },
  'catalog.extra.list': { rows: 'extras', page: 'catalog/extra/catalog-extra-list' },
  'catalog.measure.list': { rows: 'measures', page: 'catalog/measure/catalog-measure-list' },
  'catalog.price.list': { rows: 'prices', page: 'catalog/price/catalog-price-list' },
  'catalog.priceType.list': { rows: 'priceTypes', page: 'catalog/price-type/catalog-price-type-list' },
  'catalog.priceTypeGroup.list': { rows: 'priceTypeGroups', page: 'catalog/price-type/price-type-group/catalog-price-type-group-list' },
  'catalog.productProperty.list': { rows: 'productProperties', page: 'catalog/product-property/catalog-product-property-list' },
  'catalog.ratio.list': { rows: 'ratios', page: 'catalog/ratio/catalog-ratio-list' },
  'catalog.roundingRule.list': { rows: 'roundingRules', page: 'catalog/rounding-rule/catalog-rounding-rule-list' },
  'catalog.section.list': { rows: 'sections', needs: ['filter[iblockId]'], page: 'catalog/section/catalog-section-list' },
  'catalog.store.list': { rows: 'stores', page: 'catalog/store/catalog-store-list' },
  'catalog.vat.list': { rows: 'vats', page: 'catalog/vat/catalog-vat-list' },
  'catalog.product.list': { rows: 'products', selectNeeds: ['id', 'iblockId'], usualSelect: ['id', 'iblockId', '*'], needs: ['filter[iblockId]'], page: 'catalog/product/catalog-product-list' },
  'catalog.product.offer.list': { rows: 'offers', selectNeeds: ['id', 'iblockId'], usualSelect: ['id', 'iblockId', '*'], needs: ['filter[iblockId]'], page: 'catalog/product/offer/catalog-product-offer-list' },
  'catalog.product.service.list': { rows: 'services', selectNeeds: ['id', 'iblockId'], usualSelect: ['id', 'iblockId', '*'], needs: ['filter[iblockId]'], page: 'catalog/product/service/catalog-product-service-list' },
  'catalog.product.sku.list': { rows: 'units', selectNeeds: ['id', 'iblockId'], usualSelect: ['id', 'iblockId', '*'], needs: ['filter[iblockId]'], page: 'catalog/index' },
  'catalog.document.element.list': { rows: 'documentElements', page: 'catalog/index' },
  'catalog.priceTypeLang.list': { rows: 'priceTypeLangs', page: 'catalog/index' },
  'catalog.productPropertyEnum.list': { rows: 'productPropertyEnums', page: 'catalog/index' },
  'catalog.productPropertyFeature.list': { rows: 'productPropertyFeatures', page: 'catalog/index' },
  'catalog.storeproduct.list': { rows: 'storeProducts', page: 'catalog/index' },
  'catalog.catalog.list': { rows: 'catalogs', paging: START, page: 'catalog/index' },
  'catalog.productPropertySection.list': { rows: 'productPropertySections', id: 'propertyId', page: 'catalog/product-property-section/catalog-product-property-section-list' },
  'catalog.userfield.document.list': { rows: 'documents', id: 'documentId', selectNeeds: ['documentType'], usualSelect: ['documentType', '*'], needs: ['filter[documentType]'], page: 'catalog/userfield-document/catalog-userfield-document-list' },
})

/** References and the children of one parent; what counts its rows is read by `start` in case there are pages. */
// prettier-ignore
const CATALOG_WHOLE = (): Lines => lines(SMALL_HOUSE, {
  'catalog.enum.getRoundTypes': { rows: 'enum', id: 'id', page: 'catalog/enum/catalog-enum-get-round-types' },
  'catalog.enum.getStoreDocumentTypes': { rows: 'enum', code: 'id', page: 'catalog/enum/catalog-enum-get-store-document-types' },
  'catalog.priceTypeLang.getLanguages': { rows: 'languages', code: 'lid', paging: START, page: 'catalog/price-type/price-type-lang/catalog-price-type-lang-get-languages' },
  'catalog.productImage.list': { rows: 'productImages', id: 'id', paging: START, select: 'select', needs: ['productId'], page: 'catalog/product-image/catalog-product-image-list' },
  'catalog.productPropertyFeature.getAvailableFeaturesByProperty': { rows: 'features', code: 'featureId', needs: ['propertyId'], page: 'catalog/product-property-feature/catalog-product-property-feature-get-available-features-by-property' },
})

/** Lists of the catalogue. */
export const CATALOG = (): Lines => ({ ...CATALOG_LISTS(), ...CATALOG_WHOLE() })
