// SPDX-License-Identifier: Apache-2.0 OR MIT
// Files go in and come out again through the TypeScript SDK, unmodified.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as SP from '@filoz/synapse-core/sp'
import { bytes, clients, eventually, onEachProfile, startNetwork, synapse } from './lib.mjs'

onEachProfile((profile) => {
  let network, sdk, first

  before(async () => {
    network = await startNetwork(profile)
    sdk = synapse(network)
  })
  after(async () => {
    assert.equal(await network.stop(), 0)
  })

  test('one upload makes two copies on two providers', async () => {
    const data = bytes(100_000, 1)
    const result = await sdk.storage.upload(data, {
      metadata: { album: 'conformance' },
      pieceMetadata: { filename: 'one.bin' },
    })
    assert.equal(result.failedAttempts?.length ?? 0, 0, JSON.stringify(result.failedAttempts, (_, v) => typeof v === 'bigint' ? String(v) : v))
    assert.equal(result.copies.length, 2)
    assert.notEqual(result.copies[0].providerId, result.copies[1].providerId)
    assert.equal(result.copies[0].providerId, 1n)
    assert.ok(result.copies.every((copy) => copy.isNewDataSet))
    first = { data, ...result }
  })

  test('every copy can be read from its provider, whole and by range', async () => {
    for (const copy of first.copies) {
      const whole = new Uint8Array(await (await fetch(copy.retrievalUrl)).arrayBuffer())
      assert.deepEqual(whole, first.data)
      const part = await fetch(copy.retrievalUrl, { headers: { Range: 'bytes=10-19' } })
      assert.equal(part.status, 206)
      assert.deepEqual(new Uint8Array(await part.arrayBuffer()), first.data.slice(10, 20))
    }
  })

  test('the SDK downloads and validates it', async () => {
    const data = await sdk.storage.download({ pieceCid: first.pieceCid })
    assert.deepEqual(data, first.data)
  })

  test('the providers find the piece', async () => {
    for (const provider of network.ready.providers.slice(0, 2))
      await SP.findPiece({ serviceURL: provider.url, pieceCid: first.pieceCid })
  })

  test('data set and piece metadata are on chain', async () => {
    const { reader } = clients(network)
    const [copy] = first.copies
    const view = network.chain.contracts.fwssView
    const read = (functionName, args) => reader.readContract({ ...view, functionName, args })
    const [keys, values] = await read('getAllDataSetMetadata', [copy.dataSetId])
    assert.deepEqual(Object.fromEntries(keys.map((key, i) => [key, values[i]])), {
      album: 'conformance',
      source: 'sluice-conformance',
    })
    const ofPiece = () => read('getAllPieceMetadata', [copy.dataSetId, copy.pieceId])
    if (profile === '1.3') assert.deepEqual(await ofPiece(), [['filename'], ['one.bin']])
    // The contracts keep no metadata of pieces any more: this call of the SDK can only fail.
    else await assert.rejects(ofPiece())
  })

  test('the name of a piece is in its log', async () => {
    const { reader } = clients(network)
    const [copy] = first.copies
    const fwss = network.chain.contracts.fwss
    const head = await reader.getBlockNumber({ cacheTime: 0 })
    const logs = await reader.getContractEvents({
      address: fwss.address,
      abi: fwss.abi,
      eventName: 'PieceAdded',
      args: { dataSetId: copy.dataSetId },
      fromBlock: head > 360n ? head - 360n : 0n,
      toBlock: head,
    })
    assert.deepEqual(logs.map(({ args }) => [args.pieceId, args.keys, args.values]), [
      [copy.pieceId, ['filename'], ['one.bin']],
    ])
  })

  test('a second upload goes into the same data sets', async () => {
    const data = bytes(65_537, 2)
    const result = await sdk.storage.upload(data, { metadata: { album: 'conformance' } })
    assert.deepEqual(
      result.copies.map((copy) => copy.dataSetId).sort(),
      first.copies.map((copy) => copy.dataSetId).sort()
    )
    assert.ok(result.copies.every((copy) => !copy.isNewDataSet))
  })

  test('the data sets are listed with their pieces', async () => {
    const sets = await sdk.storage.findDataSets()
    assert.equal(sets.length, 2)
    for (const set of sets) {
      assert.ok(set.isLive && set.isManaged)
      const provider = network.ready.providers.find((one) => BigInt(one.id) === set.providerId)
      const listed = await SP.getDataSet({ serviceURL: provider.url, dataSetId: set.dataSetId ?? set.pdpVerifierDataSetId })
      assert.equal(listed.pieces.length, 2)
    }
  })

  test('a piece is scheduled for removal', async () => {
    const [copy] = first.copies
    const context = await sdk.storage.createContext({ dataSetId: copy.dataSetId })
    const hash = await context.deletePiece({ piece: first.pieceCid })
    const { reader } = clients(network)
    const receipt = await reader.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    assert.deepEqual([...(await context.getScheduledRemovals())], [copy.pieceId])
  })

  test('a data set is terminated by its payer and takes no more', async () => {
    const [copy] = first.copies
    const { reader } = clients(network)
    const hash = await sdk.storage.terminateDataSet({ dataSetId: copy.dataSetId })
    const receipt = await reader.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    const set = await reader.readContract({
      ...network.chain.contracts.fwssView,
      functionName: 'getDataSet',
      args: [copy.dataSetId],
    })
    assert.ok(set.pdpEndEpoch > 0n)
    const next = await eventually(async () =>
      sdk.storage.upload(bytes(4_000, 3), { metadata: { album: 'conformance' }, copies: 1 })
    )
    assert.notEqual(next.copies[0].dataSetId, copy.dataSetId)
  })
})
