// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random values from a seed: the same seed gives the same values on every machine.
import { getAddress } from 'viem'

export class Random {
  constructor(seed) {
    this.state = BigInt.asUintN(64, BigInt(seed) * 0x9e3779b97f4a7c15n + 1n)
  }

  // splitmix64
  next() {
    this.state = BigInt.asUintN(64, this.state + 0x9e3779b97f4a7c15n)
    let z = this.state
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
    return z ^ (z >> 31n)
  }

  // 0 .. n - 1
  below(n) {
    return Number(this.next() % BigInt(n))
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  bytes(len) {
    let hex = '0x'
    for (let i = 0; i < len; i++) hex += this.below(256).toString(16).padStart(2, '0')
    return hex
  }

  // Any width up to `bits`, with the ends more often than chance has them.
  uint(bits) {
    const top = (1n << BigInt(bits)) - 1n
    const kind = this.below(8)
    if (kind === 0) return 0n
    if (kind === 1) return top
    const wide = (this.next() << 192n) | (this.next() << 128n) | (this.next() << 64n) | this.next()
    return BigInt.asUintN(1 + this.below(bits), wide)
  }

  address() {
    return getAddress(this.bytes(20))
  }

  // At most `bytes` bytes of UTF-8, of every length of character, without NUL.
  text(bytes) {
    const room = this.below(bytes + 1)
    let text = ''
    for (let used = 0; ;) {
      const char = String.fromCodePoint(this.pick([
        1 + this.below(0x7f), 0x20 + this.below(0x5f), 0x80 + this.below(0x780),
        0x800 + this.below(0xd000), 0xf000 + this.below(0xf00), 0x10000 + this.below(0x100000)]))
      used += new TextEncoder().encode(char).length
      if (used > room) return text
      text += char
    }
  }

  key() {
    return this.below(16) === 0 ? '0x' + (1 + this.below(9)).toString().padStart(64, '0')
      : '0x7' + this.bytes(32).slice(3)
  }

  // At most `most` entries, each key once.
  metadata(most) {
    const entries = new Map()
    for (let n = this.below(most + 1); entries.size < n;) {
      entries.set(this.text(32), this.text(96))
    }
    return [...entries].map(([key, value]) => ({ key, value }))
  }

  // A value of an ABI parameter as viem takes it.
  value(parameter) {
    const { type } = parameter
    if (type.endsWith('[]')) {
      const element = { ...parameter, type: type.slice(0, -2) }
      return Array.from({ length: this.below(4) }, () => this.value(element))
    }
    if (type === 'tuple') {
      return Object.fromEntries(parameter.components.map((c) => [c.name, this.value(c)]))
    }
    if (type === 'address') return this.address()
    if (type === 'bool') return this.below(2) === 1
    if (type === 'string') return this.text(80)
    if (type === 'bytes') return this.bytes(this.below(100))
    if (type.startsWith('bytes')) return this.bytes(Number(type.slice(5)))
    if (type.startsWith('uint')) return this.uint(Number(type.slice(4)))
    throw new Error(`a type that no contract of ours uses: ${type}`)
  }
}
