// SPDX-License-Identifier: Apache-2.0 OR MIT
// compare.mjs PROBE ABI.JSON SEED: asks the probe, one JSON object a line, and compares.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

import { kindsOf } from './cases.mjs'
import { Random } from './random.mjs'

const [probe, vectorsPath, seed] = process.argv.slice(2)
console.log(`seed ${seed}`)
const random = new Random(seed)

const cases = []
for (const [kind, count, make] of kindsOf(JSON.parse(readFileSync(vectorsPath, 'utf8')))) {
  for (let i = 0; i < count; i++) cases.push({ kind, ...await make(random, i) })
}

const numbersAsText = (_, value) => typeof value === 'bigint' ? value.toString() : value
const questions = cases.map((one) => JSON.stringify({ kind: one.kind, ...one.ask }, numbersAsText))

const child = spawn(probe, { stdio: ['pipe', 'pipe', 'inherit'] })
let output = ''
child.stdout.setEncoding('utf8').on('data', (text) => { output += text })
child.stdin.on('error', () => {}) // it ended early: its status tells
child.stdin.end(questions.join('\n') + '\n')
const [status] = await once(child, 'close')
const answers = output.split('\n').filter(Boolean).map((line) => JSON.parse(line))

const tally = new Map()
let wrong = 0
for (const [i, { kind, want }] of cases.entries()) {
  if (i >= answers.length) {
    console.log(`no answer to case ${i}: ${questions[i]}`)
    wrong++
    break
  }
  for (const [name, value] of Object.entries(want)) {
    if (answers[i][name] === value) continue
    console.log(`case ${i} (${kind}): ${name} differs\n  viem ${value}\n  ours ${answers[i][name]}\n` +
      `  asked ${questions[i]}`)
    wrong++
  }
  tally.set(kind, (tally.get(kind) ?? 0) + 1)
}
for (const [kind, count] of tally) console.log(`${kind}: ${count} compared`)
if (status !== 0) console.log(`the probe ended with ${status}`)
process.exitCode = wrong > 0 || status !== 0 ? 1 : 0
