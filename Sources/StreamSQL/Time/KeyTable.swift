internal import Glibc
package import TelemetryModel

/// Byte strings with small numbers: the first is 0, a new one takes the number of one that was removed, else the next.
///
/// Numbers follow from the calls alone and never from the hash, which is another in every process.
package struct KeyTable: Sendable {
    private struct Entry: Sendable {
        var key: [UInt8]
        /// 32 bits of the key's hash; the rest is compared.
        var hash: UInt32
        var isUsed: Bool
    }

    private var entries: [Entry] = []
    /// Numbers without a key; the last is the next to be used.
    private var free: [Int32] = []
    /// Numbers by hash with linear probing, -1 for none; a power of two, at most half full.
    private var slots: [Int32] = Array(repeating: -1, count: 16)

    package init() {}

    /// Keys there are.
    package var count: Int { self.entries.count - self.free.count }

    /// All numbers are below it.
    package var end: Int { self.entries.count }

    /// The key of a number that is in use.
    package func key(_ number: Int) -> [UInt8] { self.entries[number].key }

    /// Whether a number has a key.
    package func isUsed(_ number: Int) -> Bool { self.entries[number].isUsed }

    /// The number of a key; `nil` when it is not there.
    @inline(__always)
    package func number(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        let hash = KeyTable.hash(key)
        let mask = self.slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let number = self.slots[slot]
            guard number >= 0 else { return nil }
            if self.entries[Int(number)].hash == hash, self.isKey(key, of: Int(number)) { return Int(number) }
            slot = (slot + 1) & mask
        }
    }

    /// The number of a key; `nil` when it is not there.
    package func number(of key: [UInt8]) -> Int? { key.withUnsafeBufferPointer { self.number(of: $0) } }

    /// Adds a key that is not there.
    package mutating func insert(_ key: [UInt8]) -> Int {
        let hash = key.withUnsafeBufferPointer { KeyTable.hash($0) }
        let entry = Entry(key: key, hash: hash, isUsed: true)
        let number: Int
        if let reused = self.free.popLast() {
            number = Int(reused)
            self.entries[number] = entry
        } else {
            number = self.entries.count
            self.entries.append(entry)
        }
        if self.count * 2 > self.slots.count {
            self.rehash()
        } else {
            self.place(number)
        }
        return number
    }

    /// Removes a number's key.
    package mutating func remove(_ number: Int) {
        let mask = self.slots.count - 1
        var hole = Int(self.entries[number].hash) & mask
        while self.slots[hole] != Int32(number) { hole = (hole + 1) & mask }
        // Whoever was pushed on by the one that goes moves back, so that no search ends too early.
        var slot = hole
        while true {
            slot = (slot + 1) & mask
            guard self.slots[slot] >= 0 else { break }
            let home = Int(self.entries[Int(self.slots[slot])].hash) & mask
            guard (slot - home) & mask >= (slot - hole) & mask else { continue }
            self.slots[hole] = self.slots[slot]
            hole = slot
        }
        self.slots[hole] = -1
        self.entries[number] = Entry(key: [], hash: 0, isUsed: false)
        self.free.append(Int32(number))
    }

    private mutating func rehash() {
        self.slots = Array(repeating: -1, count: self.slots.count * 2)
        for number in self.entries.indices where self.entries[number].isUsed { self.place(number) }
    }

    private mutating func place(_ number: Int) {
        let mask = self.slots.count - 1
        var slot = Int(self.entries[number].hash) & mask
        while self.slots[slot] >= 0 { slot = (slot + 1) & mask }
        self.slots[slot] = Int32(number)
    }

    @inline(__always)
    private func isKey(_ key: UnsafeBufferPointer<UInt8>, of number: Int) -> Bool {
        guard self.entries[number].key.count == key.count else { return false }
        guard let base = key.baseAddress else { return true }
        return self.entries[number].key.withUnsafeBufferPointer { memcmp($0.baseAddress ?? base, base, key.count) == 0 }
    }

    /// Differs from process to process, so that nobody can choose keys that meet.
    private static let seed = UInt64.random(in: .min ... .max)

    /// Eight bytes a multiplication (the mixing step of wyhash, Wang Yi 2019).
    @inline(__always)
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let bytes = UnsafeRawBufferPointer(key)
        var hash = KeyTable.mix(KeyTable.seed ^ UInt64(bytes.count), 0xA076_1D64_78BD_642F)
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = KeyTable.mix(
                hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                0xE703_7ED1_A0B4_28DB
            )
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return UInt32(truncatingIfNeeded: KeyTable.mix(hash ^ rest, KeyTable.seed | 1))
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

extension KeyTable {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.entries.count)
        for entry in self.entries {
            state.write(entry.isUsed)
            if entry.isUsed { state.write(entry.key) }
        }
        for number in self.free { state.write(Int64(number)) }
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        var unused: Set<Int32> = []
        for number in 0..<(try state.readCount()) {
            guard try state.readBool() else {
                unused.insert(Int32(truncatingIfNeeded: number))
                self.entries.append(Entry(key: [], hash: 0, isUsed: false))
                continue
            }
            let key = try state.readBytes()
            let hash = key.withUnsafeBufferPointer { KeyTable.hash($0) }
            self.entries.append(Entry(key: key, hash: hash, isUsed: true))
        }
        while self.entries.count * 2 > self.slots.count {
            self.slots = Array(repeating: -1, count: self.slots.count * 2)
        }
        for number in self.entries.indices where self.entries[number].isUsed {
            guard self.number(of: self.entries[number].key) == nil else { throw state.fault }
            self.place(number)
        }
        for _ in 0..<unused.count {
            guard let number = Int32(exactly: try state.readInt64()), unused.remove(number) != nil else {
                throw state.fault
            }
            self.free.append(number)
        }
    }
}
