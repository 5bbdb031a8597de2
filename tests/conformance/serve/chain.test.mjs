// SPDX-License-Identifier: Apache-2.0 OR MIT
// viem reads the node and every view that clients of the storage service use.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPublicClient, getAddress, http, parseEther } from 'viem'
import { clients, eventually, onEachProfile, startNetwork } from './lib.mjs'

onEachProfile((profile) => {
  let network, reader, wallet, account, contracts

  before(async () => {
    network = await startNetwork(profile)
    ;({ reader, wallet, account } = clients(network))
    contracts = network.chain.contracts
  })
  after(async () => {
    assert.equal(await network.stop(), 0)
  })

  const read = (contract, functionName, args = []) =>
    reader.readContract({ ...contracts[contract], functionName, args })

  test('the node tells its chain, blocks and fees', async () => {
    assert.equal(await reader.getChainId(), 31415926)
    const first = await reader.getBlockNumber({ cacheTime: 0 })
    await eventually(async () => (await reader.getBlockNumber({ cacheTime: 0 })) > first)
    const block = await reader.getBlock()
    assert.ok(block.baseFeePerGas > 0n)
    assert.ok(Math.abs(Number(block.timestamp) - Date.now() / 1000) < 30)
    assert.ok((await reader.estimateMaxPriorityFeePerGas()) >= 0n)
    assert.equal((await reader.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] })).gasUsedRatio.length, 2)
    assert.ok((await reader.getBalance({ address: account.address })) > parseEther('900'))
    assert.notEqual(await reader.getCode({ address: contracts.fwss.address }), undefined)
  })

  test('calls go in batches too', async () => {
    const batching = createPublicClient({ chain: network.chain, transport: http(network.ready.rpcUrl, { batch: true }) })
    const [id, number, balance] = await Promise.all([
      batching.getChainId(),
      batching.getBlockNumber(),
      batching.getBalance({ address: account.address }),
    ])
    assert.ok(id === 31415926 && number > 0n && balance > 0n)
  })

  test('the storage service names the other contracts', async () => {
    const same = async (name, contract) => assert.equal(await read('fwss', name), getAddress(contracts[contract].address))
    await same('viewContractAddress', 'fwssView')
    await same('pdpVerifierAddress', 'pdp')
    await same('paymentsContractAddress', 'filecoinPay')
    await same('usdfcTokenAddress', 'usdfc')
    await same('serviceProviderRegistry', 'serviceProviderRegistry')
    await same('sessionKeyRegistry', 'sessionKeyRegistry')
    const domain = await read('fwss', 'eip712Domain')
    assert.deepEqual([domain[1], domain[2], domain[3]], ['FilecoinWarmStorageService', '1', 31415926n])
  })

  test('the service and its prices are of the profile', async () => {
    assert.match(await read('fwss', 'VERSION'), profile === '1.3' ? /^1\.3\./ : /^1\.5\./)
    const price = await read('fwss', 'getServicePrice')
    assert.equal(price.minimumPricePerMonth, parseEther(profile === '1.3' ? '0.024' : '0.12'))
    assert.ok(price.pricePerTiBPerMonthNoCDN > 0n)
    assert.equal(price.epochsPerMonth, 86400n)
    assert.equal((await read('fwssView', 'getPDPConfig')).length, 4)
  })

  test('the providers are registered, approved and endorsed as told', async () => {
    assert.deepEqual(await read('endorsements', 'getProviderIds'), [1n])
    assert.deepEqual(await read('fwssView', 'getApprovedProviders', [0n, 0n]), [1n, 2n])
    const page = await read('serviceProviderRegistry', 'getProvidersByProductType', [0, true, 0n, 50n])
    assert.equal(page.providers.length, 3)
    assert.equal(page.hasMore, false)
    assert.equal(await read('serviceProviderRegistry', 'getProviderCount'), 3n)
    const third = await read('serviceProviderRegistry', 'getProviderWithProduct', [3n, 0])
    assert.notEqual(third.providerInfo.payee, third.providerInfo.serviceProvider)
  })

  test('the token and the deposit', async () => {
    assert.equal(await read('usdfc', 'symbol'), 'USDFC')
    assert.equal(await read('usdfc', 'decimals'), 18)
    assert.ok((await read('usdfc', 'balanceOf', [account.address])) > 0n)
    const [funds] = await read('filecoinPay', 'accounts', [contracts.usdfc.address, account.address])
    assert.equal(funds, parseEther('1000'))
    const [approved] = await read('filecoinPay', 'operatorApprovals', [
      contracts.usdfc.address,
      account.address,
      contracts.fwss.address,
    ])
    assert.equal(approved, true)
  })

  test('many reads in one call', async () => {
    const results = await reader.multicall({
      contracts: [
        { ...contracts.pdp, functionName: 'getNextDataSetId' },
        { ...contracts.pdp, functionName: 'dataSetLive', args: [1n] },
        { ...contracts.pdp, functionName: 'getDataSetLeafCount', args: [999n] },
      ],
    })
    assert.deepEqual(results.map((one) => one.status), ['success', 'success', 'failure'])
  })

  test('a refusal carries its reason', async () => {
    await assert.rejects(read('pdp', 'getDataSetLeafCount', [999n]), /0x5d946944/)
  })

  test('a transaction of a client is taken, included and found again', async () => {
    const hash = await wallet.writeContract({
      ...contracts.usdfc,
      functionName: 'approve',
      args: [contracts.filecoinPay.address, 7n],
    })
    const receipt = await reader.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    assert.equal(receipt.logs.length, 1)
    const tx = await reader.getTransaction({ hash })
    assert.equal(tx.from.toLowerCase(), account.address.toLowerCase())
    assert.equal(tx.blockNumber, receipt.blockNumber)
    const logs = await reader.getLogs({
      address: contracts.usdfc.address,
      fromBlock: receipt.blockNumber,
      toBlock: receipt.blockNumber,
    })
    assert.equal(logs.length, 1)
    assert.equal(logs[0].blockHash, receipt.blockHash)
  })
})
