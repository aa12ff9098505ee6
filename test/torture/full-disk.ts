import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { binWords, endOf, startNode } from '../bench/child.ts'
import { type PortalProcess, withPortal } from '../bench/portal-process.ts'
import { withFolder } from '../bench/scratch.ts'
import { type SmallDisk, smallDisk } from '../support/small-disk.ts'

/** An export to a disk that fills up, and once more when there is room again. */
export interface FullDiskPlan {
  readonly file: string
  readonly words: readonly string[]
  /** Kilobytes of the disk that are left, or `name taken`: the file cannot be moved into its place. */
  readonly free: number | 'name taken'
  /** Most files on the disk, besides the one that was there before. */
  readonly files?: number
  readonly rows: number
}

export interface FullDiskRun {
  /** Exit codes before and after there was room. */
  readonly codes: readonly (number | null)[]
  /** What could not be written, in the words of the program. */
  readonly said: string
  readonly faults: readonly string[]
}

const OLD = 'what was there before\n'
const DISK_KB = 4096
const BOUND_MS = 120_000

/** An output error, and nothing else, is an honest end. */
const OUTPUT_ERROR = 74

interface End {
  readonly code: number | null
  readonly stderr: string
}

export function fullDisk(plan: FullDiskPlan): Promise<FullDiskRun> {
  const settings = { plan: 'box', rows: String(plan.rows), 'page-ms': '8' }
  return withPortal(settings, (portal) =>
    withFolder(async (home) => {
      const undisturbed = join(home, plan.file)
      const first = await exportTo(undisturbed, plan, portal, home)
      if (first.code !== 0) throw new Error(`with room enough it ended with ${first.code}: ${first.stderr}`)
      const disk = smallDisk(DISK_KB, plan.files === undefined ? undefined : plan.files + 1)
      try {
        return await goThrough(plan, portal, home, { disk, expected: checksum(undisturbed) })
      } finally {
        disk.unmount()
      }
    }),
  )
}

async function goThrough(
  plan: FullDiskPlan,
  portal: PortalProcess,
  home: string,
  { disk, expected }: { readonly disk: SmallDisk; readonly expected: string },
): Promise<FullDiskRun> {
  const file = join(disk.folder, plan.file)
  const faults: string[] = []
  const isNameTaken = plan.free === 'name taken'
  if (!isNameTaken) {
    writeFileSync(file, OLD)
    if (plan.files === undefined) disk.leave(plan.free)
  }
  const full = isNameTaken
    ? await whileNameIsTaken(file, () => exportTo(file, plan, portal, home))
    : await exportTo(file, plan, portal, home)
  if (full.code === 0) {
    if (checksum(file) !== expected) faults.push('exit code 0 with other bytes')
  } else {
    faults.push(...honestFaults(full))
    if (!isNameTaken && readFileSync(file, 'utf8') !== OLD) faults.push('the old file is gone')
  }
  if (isNameTaken) rmdirSync(file)
  // Files cannot be given back to a disk: then there is another one.
  disk.leave('all')
  const roomy = plan.files === undefined ? disk : moved(disk)
  try {
    const target = join(roomy.folder, plan.file)
    const again = await exportTo(target, plan, portal, home)
    if (again.code !== 0) faults.push(`with room it ended with ${again.code}: ${again.stderr}`)
    else if (checksum(target) !== expected) faults.push('other bytes when there was room')
    const strange = readdirSync(roomy.folder).filter((name) => name !== plan.file)
    if (again.code === 0 && strange.length > 0) faults.push(`left behind: ${strange.join(', ')}`)
    return { codes: [full.code, again.code], said: saidOf(full), faults }
  } finally {
    if (roomy !== disk) roomy.unmount()
  }
}

/** What a disk holds on another one, which has room for more files. */
function moved({ folder }: SmallDisk): SmallDisk {
  const disk = smallDisk(DISK_KB)
  for (const name of readdirSync(folder)) {
    writeFileSync(join(disk.folder, name), readFileSync(join(folder, name)))
  }
  return disk
}

/** While the rows are written a folder takes the name of the file. */
async function whileNameIsTaken(file: string, act: () => Promise<End>): Promise<End> {
  const acted = act()
  const isOver = acted.then(() => true)
  const partial = `${file.split('/').at(-1)}.partial`
  while (!readdirSync(join(file, '..')).includes(partial)) {
    if (await Promise.race([pause(5, false), isOver])) break
  }
  mkdirSync(file)
  return acted
}

function honestFaults({ code, stderr }: End): string[] {
  const faults: string[] = []
  if (code !== OUTPUT_ERROR) faults.push(`ended with ${code ?? 'a signal'}: ${stderr}`)
  if ((stderr.match(/^bx24: /gm) ?? []).length !== 1) faults.push(`not one message: ${stderr}`)
  return faults
}

function saidOf({ code, stderr }: End): string {
  if (code === 0) return 'nothing'
  const what = /Cannot write to (\S+): (.*)\.$/m.exec(stderr)
  return what === null ? stderr.split('\n', 1).join('') : `${what[1]?.split('/').at(-1)}: ${what[2]}`
}

async function exportTo(
  file: string,
  { words }: FullDiskPlan,
  { webhook }: PortalProcess,
  home: string,
): Promise<End> {
  const command = ['get-all', 'crm.deal.list', '--select', 'ID,TITLE,COMMENTS', '--plan', 'box', '-o', file]
  const lanes = ['--concurrency', '1']
  const env = { BX24_WEBHOOK: webhook }
  const child = startNode(binWords(...command, ...lanes, ...words), home, env, ['ignore', 'ignore', 'pipe'])
  return endOf(child, BOUND_MS)
}

function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
