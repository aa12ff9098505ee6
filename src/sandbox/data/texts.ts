import { mix, pick } from '../random.ts'

/** Texts that have broken exports: quotes, line ends, tabs, separators, formulas, long emoji, right-to-left. */
const NASTY_TEXTS: readonly string[] = [
  'ООО "Ромашка и Ко", филиал № 2',
  'First line\r\nSecond line\nThird line',
  'Столбец\tза\tстолбцом',
  'a;b;c;"d";e, f',
  '   leading blanks',
  '=1+1',
  '+7 (495) 000-00-00',
  '-SUM(A1:A9)',
  '@mention',
  'Семья 👨‍👩‍👧‍👦 и флаг 🇷🇺, 👍🏽',
  'before\u2028after\u2029end',
  'שלום עולם — مرحبا بالعالم',
  '<b>Bold</b> & <a href="https://example.com/?a=1&b=2">link</a>',
  "it's a back\\slash / slash",
  'e\u0301 is not é, nor is ｆｕｌｌ width',
  '\u00a0non-breaking\u00a0',
  'null',
  '""',
  "'; DROP TABLE b_crm_deal; --",
  '[b]BB code[/b] [url=https://example.com]there[/url]',
]

const SUBJECTS: readonly string[] = [
  'Поставка',
  'Монтаж',
  'Доработка',
  'Аренда',
  'Supply of',
  'Renewal of',
  'Design of',
  'Обучение',
]
const OBJECTS: readonly string[] = [
  'кондиционеров',
  'складского оборудования',
  'office furniture',
  'интернет-магазина',
  'licences',
  'вывески',
  'packaging line 4',
  'серверной',
]

export const FIRST_NAMES: readonly string[] = [
  'Анна',
  'Пётр',
  'Мария',
  'Иван',
  'Olga',
  'Maxim',
  'Елена',
  'Zoë',
  'Юрий',
  'José',
]
export const LAST_NAMES: readonly string[] = [
  'Иванова',
  'Петров',
  'Smith',
  'Кузнецов',
  "O'Neil",
  'Müller',
  'Сидоренко',
  'Ким',
  'Лебедева',
]
export const COMPANIES: readonly string[] = [
  'ООО «Вектор»',
  'АО "Север"',
  'Blue Door Ltd',
  'ИП Кравцов',
  'Müller & Söhne GmbH',
  'ТД Юг',
]
export const POSITIONS: readonly string[] = [
  'Менеджер',
  'Director',
  'Бухгалтер',
  'Инженер',
  '',
  'Head of sales',
  '',
]

export const PRODUCTS: readonly string[] = [
  'Кондиционер настенный, 2,7 кВт',
  'Монтаж "под ключ"',
  'Office chair; black',
  'Packaging line 4 <spare parts>',
  'Лицензия на 12 месяцев',
]

const SENTENCES: readonly string[] = [
  'Клиент просил перезвонить после обеда.',
  'Sent the offer, waiting for an answer.',
  'Согласовали скидку 5 %, договор у юристов.',
  'Цена указана без учёта доставки / монтажа.',
  'The contact person is on holiday until Monday.',
  'Счёт оплачен, отгрузка в четверг.',
  'Нужны образцы: "матовый" и "глянец".',
  'Follow-up call agreed for next week.',
]

/** Pieces of this are the comments that bring a row to its size. Built once; slices of it cost next to nothing. */
const PADDING = Array.from({ length: 1024 }, (_, index) => pick(SENTENCES, mix(index, 77))).join(' ')
const PADDING_BYTES_PER_CHAR = Buffer.byteLength(PADDING) / PADDING.length
const LONGEST_PADDING = Math.floor(PADDING.length / 2)

/** About `bytes` bytes of UTF-8 of Russian and English sentences, chosen by a mixed number. */
export function paddingText(number: number, bytes: number): string {
  const chars = Math.min(LONGEST_PADDING, Math.floor(bytes / PADDING_BYTES_PER_CHAR))
  const from = number % (PADDING.length - LONGEST_PADDING)
  return PADDING.slice(from, from + chars)
}

/** `ordinary`, but one time in sixteen one of the texts that hurt. */
export function sometimesNasty(number: number, ordinary: string): string {
  return number % 16 === 3 ? nastyText(number) : ordinary
}

export function nastyText(number: number): string {
  return pick(NASTY_TEXTS, number >>> 8)
}

/** What a deal, task or activity is called. */
export function subject(number: number): string {
  return sometimesNasty(number, `${pick(SUBJECTS, number >>> 4)} ${pick(OBJECTS, number >>> 12)}`)
}

/** What somebody says in a comment. */
export function remark(number: number): string {
  return sometimesNasty(number, pick(SENTENCES, number >>> 4))
}
