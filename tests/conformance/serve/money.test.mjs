// SPDX-License-Identifier: Apache-2.0 OR MIT
// Deposits, approvals and session keys, as the SDK sends them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as SessionKey from '@filoz/synapse-core/session-key'
import { http, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { bytes, clients, onEachProfile, startNetwork, synapse } from './lib.mjs'

onEachProfile((profile) => {
  const poor = generatePrivateKey()
  let network, sdk

  before(async () => {
    network = await startNetwork(profile, '--fund', `${privateKeyToAccount(poor).address}:50`)
    sdk = synapse(network, { account: privateKeyToAccount(poor) })
  })
  after(async () => {
    assert.equal(await network.stop(), 0)
  })

  async function mined(hash) {
    const { reader } = clients(network)
    const receipt = await reader.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    return receipt
  }

  test('a funded account holds its coins', async () => {
    assert.equal(await sdk.payments.walletBalance(), parseEther('50'))
    assert.equal(await sdk.payments.walletBalance({ token: 'USDFC' }), parseEther('50'))
    assert.equal(await sdk.payments.balance(), 0n)
  })

  test('an upload without a deposit is refused with the contract\'s reason', async () => {
    await assert.rejects(sdk.storage.upload(bytes(1_000, 7), { copies: 1 }), (error) => {
      const text = [error, error.cause, error.cause?.cause].map(String).join('\n')
      assert.match(text, /InsufficientLockupFunds|OperatorNotApproved|0xdae03403|0xeef23db6/)
      return true
    })
  })

  test('approve and deposit', async () => {
    await mined(await sdk.payments.approve({ spender: network.chain.contracts.filecoinPay.address, amount: parseEther('5') }))
    await mined(await sdk.payments.deposit({ amount: parseEther('5') }))
    assert.equal(await sdk.payments.balance(), parseEther('5'))
  })

  test('deposit with a permit and approve the service in one transaction', async () => {
    await mined(await sdk.payments.depositWithPermitAndApproveOperator({ amount: parseEther('10') }))
    assert.equal(await sdk.payments.balance(), parseEther('15'))
    const approval = await sdk.payments.serviceApproval()
    assert.ok(approval.isApproved)
  })

  test('a part of it is withdrawn', async () => {
    await mined(await sdk.payments.withdraw({ amount: parseEther('1') }))
    assert.equal(await sdk.payments.balance(), parseEther('14'))
  })

  test('the approval is taken back and given again', async () => {
    await mined(await sdk.payments.revokeService())
    assert.equal((await sdk.payments.serviceApproval()).isApproved, false)
    await mined(await sdk.payments.approveService())
    assert.equal((await sdk.payments.serviceApproval()).isApproved, true)
  })

  test('an upload is paid for', async () => {
    const before = await sdk.payments.accountInfo()
    const result = await sdk.storage.upload(bytes(1_000, 8), { copies: 1 })
    assert.equal(result.copies.length, 1)
    const after = await sdk.payments.accountInfo()
    assert.ok(after.lockupRate > before.lockupRate)
    assert.ok(after.funds < before.funds)
    assert.equal((await sdk.payments.getRailsAsPayer()).length, 1)
  })

  test('a session key signs for its owner', async () => {
    const { wallet } = clients(network, poor)
    const key = generatePrivateKey()
    await mined(
      await SessionKey.login(wallet, {
        address: privateKeyToAccount(key).address,
        permissions: SessionKey.DefaultFwssPermissions,
        expiresAt: BigInt(Math.floor(Date.now() / 1000) + 3600),
      })
    )
    const sessionKey = SessionKey.fromSecp256k1({
      chain: network.chain,
      transport: http(network.ready.rpcUrl),
      privateKey: key,
      root: privateKeyToAccount(poor),
    })
    await sessionKey.syncExpirations()
    const session = synapse(network, { account: privateKeyToAccount(poor), sessionKey })
    const result = await session.storage.upload(bytes(2_000, 9), { copies: 1, metadata: { by: 'session' } })
    assert.equal(result.copies.length, 1)
    assert.ok(result.copies[0].isNewDataSet)
  })
})
