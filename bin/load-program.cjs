'use strict'
// Loads the program, and keeps what V8 made of its text for the next run: to compile it anew is a third of a start. What
// is kept lies beside the program, so whoever may write it may change the program itself; where that folder is not ours,
// each run compiles.
const fs = require('node:fs')
const path = require('node:path')
const { cachedDataVersionTag } = require('node:v8')
const { Script } = require('node:vm')

const FOLDER = path.join(__dirname, '../dist')
const PROGRAM = path.join(FOLDER, 'main.cjs')
const COMPILED = path.join(FOLDER, 'compiled')

/** Those that run in pipelines and again and again. Each has its own, as another command needs other functions. */
const COMMANDS = ['get-all', 'get-by-id', 'call', 'batch', 'raw', 'count']

/**
 * The exports of the program.
 *
 * @param {string | undefined} command the first word behind `bx24`
 */
exports.loadProgram = function loadProgram(command) {
  // All of it is ASCII (esbuild sees to that), which is read fastest so.
  const text = fs.readFileSync(PROGRAM, 'latin1')
  const kept =
    COMMANDS.includes(command) && !process.env.NODE_DISABLE_COMPILE_CACHE ? nameOf(command) : undefined
  const cachedData = kept === undefined ? undefined : readKept(kept)
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: PROGRAM,
    cachedData,
  })
  const program = { exports: {} }
  script.runInThisContext()(program.exports, require, program, PROGRAM, FOLDER)
  if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected)) {
    // At the end, as functions are compiled when they are called first; of a run that went well, as it has called most.
    process.once('exit', (code) => {
      if (code === 0) keep(kept, script)
    })
  }
  return program.exports
}

/**
 * V8 takes nothing that another length of text, another version of V8 or other flags have led to. Another text of the same
 * length has another time; and programs of several versions of Node.js, taking turns, each find their own.
 */
function nameOf(command) {
  const changed = Math.trunc(fs.statSync(PROGRAM).mtimeMs)
  return path.join(COMPILED, `${command}-${changed.toString(36)}-${cachedDataVersionTag().toString(36)}`)
}

function readKept(name) {
  try {
    return fs.readFileSync(name)
  } catch {
    return undefined
  }
}

function keep(name, script) {
  const draft = `${name}.${process.pid}`
  try {
    // With sudo in a folder of somebody else, that would leave files that he cannot remove.
    if (process.getuid !== undefined && fs.statSync(FOLDER).uid !== process.getuid()) return
    fs.mkdirSync(COMPILED, { recursive: true })
    // On the disk before it has its name: V8 notices what is missing, but not what is wrong within.
    fs.writeFileSync(draft, script.createCachedData(), { flush: true })
    fs.renameSync(draft, name)
  } catch {
    discard(draft)
  }
}

function discard(draft) {
  try {
    fs.unlinkSync(draft)
  } catch {
    // It was never there.
  }
}
