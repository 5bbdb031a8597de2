// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random cases: what our code is asked (`ask`), and what viem answers to the same (`want`).
import {
  decodeAbiParameters, encodeAbiParameters, encodeFunctionData, hashTypedData, keccak256,
  parseTransaction, toFunctionSelector
} from 'viem'
import { privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'

const entry = [{ name: 'key', type: 'string' }, { name: 'value', type: 'string' }]
const types = {
  CreateDataSet: [{ name: 'clientDataSetId', type: 'uint256' }, { name: 'payee', type: 'address' },
    { name: 'metadata', type: 'MetadataEntry[]' }],
  AddPieces: [{ name: 'clientDataSetId', type: 'uint256' }, { name: 'nonce', type: 'uint256' },
    { name: 'pieceData', type: 'Cid[]' }, { name: 'pieceMetadata', type: 'PieceMetadata[]' }],
  SchedulePieceRemovals: [{ name: 'clientDataSetId', type: 'uint256' },
    { name: 'pieceIds', type: 'uint256[]' }],
  TerminateService: [{ name: 'dataSetId', type: 'uint256' }],
  Permit: [{ name: 'owner', type: 'address' }, { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' }, { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' }],
  MetadataEntry: entry,
  Cid: [{ name: 'data', type: 'bytes' }],
  PieceMetadata: [{ name: 'pieceIndex', type: 'uint256' },
    { name: 'metadata', type: 'MetadataEntry[]' }]
}

const abiTypes = (list) => list.map((type) => ({ type }))
const keysOf = (metadata) => metadata.map((one) => one.key)
const valuesOf = (metadata) => metadata.map((one) => one.value)

async function sign (key, domain, primaryType, message) {
  const typed = { domain, types, primaryType, message }
  return {
    digest: hashTypedData(typed),
    signature: await privateKeyToAccount(key).signTypedData(typed)
  }
}

function storage (random) {
  return {
    name: 'FilecoinWarmStorageService',
    version: '1',
    chainId: random.pick([314, 314159, 1 + random.below(1e9)]),
    verifyingContract: random.address()
  }
}

async function create (random) {
  const key = random.key()
  const domain = storage(random)
  const payer = random.address()
  const message = {
    clientDataSetId: random.uint(256),
    payee: random.address(),
    metadata: random.metadata(10)
  }
  const signed = await sign(key, domain, 'CreateDataSet', message)
  const payload = encodeAbiParameters(
    abiTypes(['address', 'uint256', 'string[]', 'string[]', 'bytes']),
    [payer, message.clientDataSetId, keysOf(message.metadata), valuesOf(message.metadata),
      signed.signature])
  return { ask: { key, domain, payer, ...message }, want: { digest: signed.digest, payload } }
}

async function add (random, index) {
  const key = random.key()
  const domain = storage(random)
  const pieces = Array.from({ length: 1 + index % 40 }, () => ({
    cid: random.bytes(random.below(60)),
    metadata: random.metadata(3)
  }))
  const ids = { clientDataSetId: random.uint(256), nonce: random.uint(256) }
  const signed = await sign(key, domain, 'AddPieces', {
    ...ids,
    pieceData: pieces.map((piece) => ({ data: piece.cid })),
    pieceMetadata: pieces.map((piece, i) => ({ pieceIndex: BigInt(i), metadata: piece.metadata }))
  })
  const payload = encodeAbiParameters(abiTypes(['uint256', 'string[][]', 'string[][]', 'bytes']),
    [ids.nonce, pieces.map((piece) => keysOf(piece.metadata)),
      pieces.map((piece) => valuesOf(piece.metadata)), signed.signature])
  return { ask: { key, domain, pieces, ...ids }, want: { digest: signed.digest, payload } }
}

async function remove (random) {
  const key = random.key()
  const domain = storage(random)
  const message = {
    clientDataSetId: random.uint(256),
    pieceIds: Array.from({ length: random.below(30) }, () => random.uint(256))
  }
  const signed = await sign(key, domain, 'SchedulePieceRemovals', message)
  const payload = encodeAbiParameters(abiTypes(['bytes']), [signed.signature])
  return { ask: { key, domain, ...message }, want: { digest: signed.digest, payload } }
}

async function terminate (random) {
  const key = random.key()
  const domain = storage(random)
  const message = { dataSetId: random.uint(256) }
  const signed = await sign(key, domain, 'TerminateService', message)
  const payload = encodeAbiParameters(abiTypes(['bytes']), [signed.signature])
  return { ask: { key, domain, ...message }, want: { digest: signed.digest, payload } }
}

async function permit (random) {
  const key = random.key()
  const domain = { ...storage(random), name: random.text(40), version: random.text(8) }
  const message = {
    owner: privateKeyToAddress(key),
    spender: random.address(),
    value: random.uint(256),
    nonce: random.uint(256),
    deadline: random.uint(256)
  }
  return { ask: { key, domain, ...message }, want: await sign(key, domain, 'Permit', message) }
}

async function tx (random) {
  const key = random.key()
  const fields = {
    chainId: 1 + random.below(2 ** 40),
    nonce: random.below(2 ** 40),
    maxPriorityFeePerGas: 0n,
    maxFeePerGas: random.uint(200),
    gas: random.uint(60),
    to: random.address(),
    value: random.uint(256),
    data: random.bytes(random.pick([0, 1, 2, 55, 56, 57, random.below(600), 3000]))
  }
  fields.maxPriorityFeePerGas = random.below(3) === 0 ? fields.maxFeePerGas
    : fields.maxFeePerGas / 3n
  const raw = await privateKeyToAccount(key).signTransaction({ type: 'eip1559', ...fields })
  const back = parseTransaction(raw)
  if ((back.value ?? 0n) !== fields.value) throw new Error('viem does not read its own')
  return {
    ask: { key, raw, ...fields },
    want: { raw, hash: keccak256(raw), sender: privateKeyToAddress(key) }
  }
}

async function keccak (random, index) {
  const data = random.bytes(index < 150 ? index : random.below(3000))
  return { ask: { data }, want: { hash: keccak256(data) } }
}

async function address (random) {
  const key = random.key()
  return { ask: { key }, want: { address: privateKeyToAddress(key) } }
}

// Every list of parameters that the contracts in use take or give.
export function shapesOf (vectors) {
  const shapes = new Map()
  for (const one of vectors.cases) {
    for (const parameters of [one.inputs, one.outputs]) {
      shapes.set(JSON.stringify(parameters.map(typeOf)), parameters)
    }
  }
  return [...shapes.values()].filter((parameters) => parameters.length > 0)
}

function typeOf (parameter) {
  return parameter.type + (parameter.components?.map(typeOf).join() ?? '')
}

const abiOf = (shapes) => async (random, index) => {
  const parameters = shapes[index % shapes.length]
  const values = parameters.map((one) => random.value(one))
  const encoded = encodeAbiParameters(parameters, values)
  decodeAbiParameters(parameters, encoded)
  return { ask: { parameters, values, encoded }, want: { encoded } }
}

const callOf = (functions) => async (random, index) => {
  const { signature, function: name, inputs } = functions[index % functions.length]
  const values = inputs.map((one) => random.value(one))
  const abi = [{ type: 'function', name, inputs, outputs: [], stateMutability: 'nonpayable' }]
  const data = encodeFunctionData({ abi, functionName: name, args: values })
  if (!data.startsWith(toFunctionSelector(signature))) throw new Error(`${signature}: selector`)
  return { ask: { signature, parameters: inputs, values }, want: { data } }
}

// name, how many, maker
export function kindsOf (vectors) {
  const shapes = shapesOf(vectors)
  const functions = [...new Map(vectors.cases.map((one) => [one.signature, one])).values()]
  return [
    ['create', 200, create],
    ['add', 200, add],
    ['remove', 200, remove],
    ['terminate', 200, terminate],
    ['permit', 200, permit],
    ['tx', 200, tx],
    ['keccak', 300, keccak],
    ['address', 200, address],
    ['abi', Math.max(200, 10 * shapes.length), abiOf(shapes)],
    ['call', Math.max(200, 5 * functions.length), callOf(functions)]
  ]
}
