import { UsageError } from '../errors.ts'
import { commandFrom, commandObject, refuseUnknown, strictJson } from '../protocol/command-string.ts'
import { JsonText } from '../protocol/json-text.ts'
import { paramValue } from '../protocol/json-params.ts'
import { wellFormed } from '../protocol/params.ts'
import type { Command, ParamValue } from '../protocol/types.ts'

/** A document is held as a whole, so it may not be larger. */
export const MOST_DOCUMENT_BYTES = 16 * 1024 * 1024

/** One line of input, with or without what ends it. */
export interface TextLine {
  /** From 1; blank lines come and count too. */
  readonly line: number
  readonly text: string
}

export interface BatchCommand extends Command {
  /** The line on which it stands or begins, from 1. */
  readonly line: number
  /** By which others refer to it. A line without an id has its number, an element of a list its index. */
  readonly id: string
  /** The id as JSON: a name as text, a number in the writing of the input. */
  readonly idLiteral: string
}

export type BatchInput =
  /** One command on each line, read as they are asked for. */
  | { readonly form: 'lines'; readonly commands: AsyncIterable<BatchCommand> }
  /** The portal's own `{"halt": 0, "cmd": {…}}`; `halt` says that a refused command stops those behind it. */
  | { readonly form: 'document'; readonly halt: boolean; readonly commands: readonly BatchCommand[] }

/** Whether a file is taken for YAML by its name. */
export function isYamlName(name: string): boolean {
  return /\.ya?ml$/i.test(name)
}

/**
 * Reads the commands of a batch: one JSON object on each line, or one document in JSON or YAML, which is told by its `cmd`.
 *
 * @param name for messages: the name of the file, or "standard input"
 * @throws UsageError for what is neither; lines are looked at when they are asked for
 */
export async function readBatchInput(
  lines: AsyncIterable<TextLine>,
  { name, isYaml }: { readonly name: string; readonly isYaml: boolean },
): Promise<BatchInput> {
  const input = lines[Symbol.asyncIterator]()
  const where: Where = (line) => `Line ${line} of ${name}`
  const first = await nextFilled(input)
  if (!isYaml && !beginsDocument(first)) return { form: 'lines', commands: commandLines(first, input, where) }
  const text = await wholeText(first, input, where)
  const line = first?.line ?? 1
  return documentOf(isYaml ? await yamlParts(text, line, where) : jsonParts(text, line, where), where)
}

/** How messages name a line: `Line 7 of commands.ndjson`. */
type Where = (line: number) => string

async function nextFilled(input: AsyncIterator<TextLine>): Promise<TextLine | undefined> {
  for (;;) {
    const next = await input.next()
    if (next.done === true) return undefined
    const { line, text } = next.value
    const own = line === 1 ? text.replace(/^\uFEFF/, '') : text
    if (own.trim() !== '') return { line, text: own.replace(/\r?\n$/, '') }
  }
}

/** An object with `cmd`, or one that does not end on its line. */
function beginsDocument(first: TextLine | undefined): boolean {
  if (first?.text.trimStart().startsWith('{') !== true) return false
  try {
    return [...JsonText.of(Buffer.from(first.text)).members()].some(({ name }) => isCmd(name))
  } catch {
    return true
  }
}

async function wholeText(
  first: TextLine | undefined,
  input: AsyncIterator<TextLine>,
  where: Where,
): Promise<string> {
  const texts = [first?.text ?? '']
  let bytes = Buffer.byteLength(texts[0] ?? '')
  for (;;) {
    if (bytes > MOST_DOCUMENT_BYTES) {
      await input.return?.()
      throw malformed(
        `${where(first?.line ?? 1)} begins a document that is larger than 16 MiB.`,
        'Write one command on each line; such input may be of any length.',
      )
    }
    const next = await input.next()
    if (next.done === true) return texts.join('\n')
    const text = next.value.text.replace(/\r?\n$/, '')
    texts.push(text)
    bytes += Buffer.byteLength(text) + 1
  }
}

async function* commandLines(
  first: TextLine | undefined,
  input: AsyncIterator<TextLine>,
  where: Where,
): AsyncGenerator<BatchCommand, void, undefined> {
  try {
    for (let next = first; next !== undefined; next = await nextFilled(input)) {
      const { line, text } = next
      const json = strictJson(text, () => where(line))
      const id = idOf(json.member('id'), line, where)
      yield { line, ...id, ...commandObject(json, ['method', 'params', 'id'], where(line)) }
    }
  } finally {
    await input.return?.()
  }
}

function idOf(json: JsonText | undefined, line: number, where: Where): { id: string; idLiteral: string } {
  const idLiteral = json?.toString() ?? String(line)
  const id = json?.text ?? idLiteral
  if (id === '' || (json?.text === undefined && !/^-?\d+$/.test(idLiteral))) {
    throw new UsageError(
      'batch-command',
      `${where(line)}: the id is no text and no whole number.`,
      'Write "id": "a" or "id": 7.',
    )
  }
  return { id: wellFormed(id), idLiteral }
}

/** A document, taken apart as far as it is to be told where its parts stand. */
interface Parts {
  /** Members of the whole in the order and casing of the input. */
  readonly members: readonly (readonly [name: string, value: JsonText])[]
  /** Members or elements of `cmd`. */
  readonly commands: readonly { readonly name: string; readonly value: JsonText; readonly line: number }[]
}

function documentOf({ members, commands }: Parts, where: Where): BatchInput {
  const cmd = members.find(([name]) => isCmd(name))?.[1]
  const names = members.map(([name]) => name.toLowerCase())
  refuseUnknown(names, ['cmd', 'halt'], where(1))
  if (cmd?.isObject !== true && cmd?.isArray !== true) {
    throw malformed(
      `${where(1)}: the document has no commands in "cmd".`,
      'Write {"halt": 0, "cmd": {"a": "crm.deal.get?ID=1"}}.',
    )
  }
  const halt = members.find(([name]) => name.toLowerCase() === 'halt')?.[1]
  return {
    form: 'document',
    halt: halt !== undefined && isTrue(paramValue(halt)),
    commands: commands.map(({ name, value, line }) => ({
      line,
      id: wellFormed(name),
      idLiteral: cmd.isArray ? name : JSON.stringify(name),
      ...commandFrom(value, `${where(line)}, command ${JSON.stringify(name)}`),
    })),
  }
}

function isTrue(halt: ParamValue): boolean {
  const isYes = [true, 1, '1'].some((yes) => yes === halt)
  if (!isYes && ![false, 0, '0', '', null].some((no) => no === halt)) {
    throw malformed('The "halt" of the document is neither 0 nor 1.', 'Write 1 to end at a refused command.')
  }
  return isYes
}

function jsonParts(text: string, firstLine: number, where: Where): Parts {
  const lineAt = (length: number): number => firstLine + text.slice(0, length).split('\n').length - 1
  const json = strictJson(text, (at) => where(lineAt(at)))
  const members = Array.from(json.members(), ({ name, value }) => [name, value] as const)
  const cmd = members.find(([name]) => isCmd(name))?.[1]
  let line = firstLine
  let seen = 0
  const lineOf = (start: number): number => {
    for (; seen < start; seen++) if (json.bytes[seen] === 0x0a) line++
    return line
  }
  const named = Array.from(cmd?.members() ?? [], (member) => ({ ...member, line: lineOf(member.start) }))
  const listed = (cmd?.elements() ?? []).map((value, index) => {
    return { name: String(index), value, line: lineOf(value.start) }
  })
  return { members, commands: [...named, ...listed] }
}

/** JSON has its own numbers and few words for other things, so dates, `yes` and `007` stay the texts that they are. */
const YAML_WORDS: readonly (readonly [string, RegExp, (word: string) => unknown])[] = [
  ['null', /^(?:~|null|Null|NULL)$/, () => null],
  ['bool', /^(?:true|True|TRUE|false|False|FALSE)$/, (word) => /^t/i.test(word)],
  ['int', /^(?:0|-?[1-9]\d{0,14})$/, Number],
  ['merge', /^<<$/, (word) => word],
]

async function yamlParts(text: string, firstLine: number, where: Where): Promise<Parts> {
  const { FAILSAFE_SCHEMA, load, Type, YAMLException } = await import('js-yaml')
  const types = YAML_WORDS.map(
    ([tag, pattern, construct]) =>
      new Type(`tag:yaml.org,2002:${tag}`, {
        kind: 'scalar',
        resolve: (data: unknown) => typeof data === 'string' && pattern.test(data),
        construct,
      }),
  )
  const watcher = new NodeWatcher()
  let document: unknown
  try {
    document = load(text, {
      schema: FAILSAFE_SCHEMA.extend({ implicit: types }),
      listener: (event, state) => watcher.see(event, state.line, state.result as unknown),
    })
  } catch (error: unknown) {
    if (!(error instanceof YAMLException)) throw error
    const { line: at } = (error.mark as { line: number } | undefined) ?? { line: 0 }
    const line = firstLine + Math.min(at, text.split('\n').length - 1)
    throw new UsageError(
      'input-yaml',
      `${where(line)} is not YAML: ${error.reason}.`,
      'Texts with ": " need quotes.',
    )
  }
  if (unfoldedSize(document, new Map()) > MOST_DOCUMENT_BYTES) {
    throw malformed(
      `${where(firstLine)}: with its aliases the document is larger than 16 MiB.`,
      'Write lines of JSON.',
    )
  }
  const json = (value: unknown): JsonText => JsonText.of(Buffer.from(JSON.stringify(value)))
  const members = entriesOf(document)
  const cmd = members.find(([name]) => isCmd(name))?.[1]
  return {
    members: members.map(([name, value]) => [name, json(value)]),
    commands: watcher
      .inOrder(cmd)
      .map(({ name, value, line }) => ({ name, value: json(value), line: firstLine + line })),
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** Aliases make small documents large, or endless; what was counted once is not walked through again. */
function unfoldedSize(value: unknown, sizes: Map<unknown, number>): number {
  if (typeof value !== 'object' || value === null) return Math.max(1, String(value).length)
  const known = sizes.get(value)
  if (known !== undefined) return known
  sizes.set(value, Infinity)
  const size = entriesOf(value).reduce(
    (sum, [name, item]) => sum + (Array.isArray(value) ? 0 : name.length) + unfoldedSize(item, sizes),
    1,
  )
  sizes.set(value, size)
  return size
}

/** Sees the parser at work, and so on which lines and in which order members are: objects have numbers first. */
class NodeWatcher {
  readonly #open: { line: number; nodes: { text: string; line: number }[] }[] = []
  readonly #nodesOf = new Map<unknown, { text: string; line: number }[]>()

  see(event: 'open' | 'close', line: number, result: unknown): void {
    if (event === 'open') {
      this.#open.push({ line, nodes: [] })
      return
    }
    const node = this.#open.pop()
    // Names of commands lie no deeper.
    if (node === undefined || this.#open.length > 6) return
    const text = typeof result === 'string' || typeof result === 'number' ? String(result) : ''
    this.#open.at(-1)?.nodes.push({ text, line: node.line })
    // The parser may look at a node twice, and opens another one around it then.
    if (typeof result === 'object' && !this.#nodesOf.has(result)) this.#nodesOf.set(result, node.nodes)
  }

  inOrder(cmd: unknown): { name: string; value: unknown; line: number }[] {
    const entries = entriesOf(cmd)
    const all = this.#nodesOf.get(cmd) ?? []
    // An element is one node, a member two, its name and its value; merge keys stand for any number of members.
    const step = Array.isArray(cmd) ? 1 : 2
    const nodes = all.length === step * entries.length ? all.filter((_, index) => index % step === 0) : []
    const places = new Map(nodes.map(({ text }, index) => [step === 1 ? String(index) : text, index]))
    const placed = entries.map(([name, value], index) => {
      const place = places.get(name) ?? index
      return { name, value, place, line: nodes[place]?.line ?? 0 }
    })
    return placed.sort((a, b) => a.place - b.place)
  }
}

function isCmd(name: string): boolean {
  return name.toLowerCase() === 'cmd'
}

function malformed(message: string, hint: string): UsageError {
  return new UsageError('batch-document', message, hint)
}
