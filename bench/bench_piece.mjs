// SPDX-License-Identifier: Apache-2.0 OR MIT
// bench_piece.mjs FILE - the PieceCID of FILE by two npm packages, as "name seconds cid" lines, in
// seconds of the processor.
// scripts/bench copies it to the folder where the packages are installed.
import fs from 'node:fs'
import * as Piece from '@filoz/synapse-core/piece'
import * as Wasm from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

const chunkBytes = 1 << 20
const path = process.argv[2]

function* chunks() {
  const fd = fs.openSync(path)
  for (;;) {
    const chunk = new Uint8Array(chunkBytes)
    const n = fs.readSync(fd, chunk)
    if (n === 0) break
    yield chunk.subarray(0, n)
  }
  fs.closeSync(fd)
}

async function synapse() {
  return (await Piece.calculateFromIterable(chunks())).toString()
}

async function wasm() {
  const hasher = Wasm.create()
  for (const chunk of chunks()) hasher.write(chunk)
  const bytes = new Uint8Array(hasher.multihashByteLength())
  hasher.digestInto(bytes, 0, true)
  hasher.free()
  return CID.createV1(0x55, Digest.decode(bytes)).toString()
}

for (const run of [synapse, wasm]) {
  const start = process.cpuUsage()
  const cid = await run()
  const used = process.cpuUsage(start)
  console.log(run.name, (used.user + used.system) / 1e6, cid)
}
