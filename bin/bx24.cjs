#!/usr/bin/env node
'use strict'
// Old syntax on purpose: this file must run on any Node, to be able to say that it is too old.
// Until the program has settled, the run counts as failed: a promise that never settles must not look like success.
process.exitCode = 70

var wanted = [20, 19]
var found = process.versions.node.split('.').map(Number)
if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'bx24 needs Node.js ' + wanted.join('.') + ' or newer; this is ' + process.versions.node + '.\n',
  )
  process.exitCode = 1
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  try {
    require('node:fs').writeSync(1, require('../package.json').version + '\n')
    process.exitCode = 0
  } catch (error) {
    process.stderr.write('bx24: standard output cannot be written (' + error.code + ')\n')
    process.exitCode = error.code === 'EPIPE' ? 141 : 74
  }
} else {
  var setFlags = require('node:v8').setFlagsFromString
  // undici's parser is WebAssembly; to make the best machine code of it takes 100 ms, which no run ever gets back.
  setFlags('--liftoff-only')
  // Rows pass through; what V8 would add to the space for young objects is 30 MB that nobody needs.
  setFlags('--semi-space-growth-factor=1')
  Promise.resolve()
    .then(function () {
      return require('./load-program.cjs').loadProgram(process.argv[2]).main()
    })
    .catch(function (error) {
      process.exitCode = 70
      process.stderr.write('bx24: internal error: the program cannot start: ' + error.message + '\n')
      if (error.code === 'MODULE_NOT_FOUND') {
        process.stderr.write(
          '  hint: In a clone, run npm ci and npm run build; else install bx24-cli again.\n',
        )
      }
    })
}
