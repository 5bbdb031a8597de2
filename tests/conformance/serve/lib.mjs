// SPDX-License-Identifier: Apache-2.0 OR MIT
// A network of its own for every file of tests, and the clients that talk to it.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe } from 'node:test'
import { toChain, validateDevnetInfo } from '@filoz/synapse-core/devnet'
import { Synapse } from '@filoz/synapse-sdk'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

/** Runs the tests against the contracts of 1.3, for which this SDK was written, and of today. */
export function onEachProfile(tests) {
  for (const profile of ['1.3', 'today']) describe(`profile ${profile}`, () => tests(profile))
}

// What the storage service tells of a data set has two members since version 1.3 that this release of
// the SDK does not know of: its chain object takes the newer description.
function completed(abi) {
  const added = ['pendingOneTimePayments', 'lifecycleReserveBalance'].map((name) => ({ name, type: 'uint96' }))
  return abi.map((entry) => ({
    ...entry,
    ...(entry.outputs && {
      outputs: entry.outputs.map((output) =>
        output.internalType?.includes('DataSetInfoView')
          ? { ...output, components: [...output.components.slice(0, -1), ...added, output.components.at(-1)] }
          : output
      ),
    }),
  }))
}

function chainOf(devnet) {
  const chain = toChain(devnet)
  const fwssView = { ...chain.contracts.fwssView, abi: completed(chain.contracts.fwssView.abi) }
  return { ...chain, contracts: { ...chain.contracts, fwssView } }
}

/** Starts `sluice serve` with a new network; resolves once it says that it is ready. */
export async function startNetwork(profile, ...flags) {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-conformance-'))
  const args = ['serve', '--json', '--listen', '127.0.0.1:0', '--dir', join(dir, 'net'), '--state-dir', dir]
  const child = spawn(process.env.SLUICE, [...args, '--profile', profile, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SLUICE_LOCAL_FAULTS: 'yes', SLUICE_LOCAL_MIN_FREE: '1' },
  })
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`sluice serve ended with ${code}`)))
  })
  const ready = JSON.parse(line)
  const devnet = validateDevnetInfo(JSON.parse(await readFile(ready.devnetInfo, 'utf8')))
  return {
    ready,
    devnet,
    chain: chainOf(devnet),
    key: devnet.info.users[0].private_key_hex,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      await rm(dir, { recursive: true, force: true })
      return code
    },
  }
}

export function clients(network, key = network.key) {
  const account = privateKeyToAccount(key)
  const transport = http(network.ready.rpcUrl)
  const chain = network.chain
  return {
    account,
    reader: createPublicClient({ chain, transport, pollingInterval: 500 }),
    wallet: createWalletClient({ account, chain, transport, pollingInterval: 500 }),
  }
}

export function synapse(network, extra = {}) {
  return Synapse.create({
    account: privateKeyToAccount(network.key),
    chain: network.chain,
    transport: http(network.ready.rpcUrl),
    source: 'sluice-conformance',
    ...extra,
  })
}

/** Bytes that differ for every seed. */
export function bytes(length, seed) {
  const out = new Uint8Array(length)
  let x = seed * 2654435761 + 1
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    out[i] = x >>> 24
  }
  return out
}

export function eventually(test, timeoutMs = 30000) {
  const end = Date.now() + timeoutMs
  return new Promise((resolve, reject) => {
    const look = async () => {
      try {
        const value = await test()
        if (value) return resolve(value)
        if (Date.now() > end) return reject(new Error('it never came'))
        setTimeout(look, 250)
      } catch (error) {
        reject(error)
      }
    }
    look()
  })
}
