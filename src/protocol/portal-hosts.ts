/** Domains below which portals in the cloud lie, one label each. All are Bitrix24's own: nobody else can have a name there. */
const CLOUD_ZONES = new Set([
  ...[
    'bitrix24.com',
    'bitrix24.ru',
    'bitrix24.eu',
    'bitrix24.de',
    'bitrix24.fr',
    'bitrix24.es',
    'bitrix24.it',
  ],
  ...[
    'bitrix24.pl',
    'bitrix24.by',
    'bitrix24.kz',
    'bitrix24.ua',
    'bitrix24.in',
    'bitrix24.id',
    'bitrix24.cn',
  ],
  ...['bitrix24.jp', 'bitrix24.vn', 'bitrix24.com.br', 'bitrix24.com.tr'],
])

/** Whether this is a portal in the cloud of Bitrix24; sites that its users build lie in other domains. */
export function isCloudPortal(hostname: string): boolean {
  const dot = hostname.indexOf('.')
  return dot > 0 && CLOUD_ZONES.has(hostname.slice(dot + 1))
}
