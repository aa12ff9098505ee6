import type { Part } from './part.ts'
import { FAULTS_PART } from './parts/faults.ts'
import { WRITERS } from './parts/writers.ts'

/** All parts, in the order in which they are run. */
export const PARTS = [WRITERS, FAULTS_PART] as unknown as readonly Part[]
