import type { Part } from './part.ts'
import { ANSWERS } from './parts/answers.ts'
import { DISK } from './parts/disk.ts'
import { FAULTS_PART } from './parts/faults.ts'
import { KILLS_PART } from './parts/kills.ts'
import { REFRESH } from './parts/refresh.ts'
import { WRITERS } from './parts/writers.ts'

/** All parts, in the order in which they are run. */
export const PARTS = [DISK, KILLS_PART, REFRESH, WRITERS, FAULTS_PART, ANSWERS] as unknown as readonly Part[]
