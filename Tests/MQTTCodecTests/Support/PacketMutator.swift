import MQTTCodec
import NIOCore
import TestSupport

/// Makes byte streams that are almost MQTT: vectors and random packets with bytes changed, lost, added and moved.
struct PacketMutator {
    /// Values at the limits of lengths, identifiers and variable byte integers.
    private static let interesting: [UInt8] = [0x00, 0x01, 0x02, 0x04, 0x7F, 0x80, 0x81, 0xFF, 0x23, 0x26, 0x2B]

    private let corpus: [MQTTVersion: [[UInt8]]]

    /// A mutator of all vectors, the valid ones four times as often as the malformed.
    init() {
        var corpus: [MQTTVersion: [[UInt8]]] = [:]
        for vector in PacketVector.all {
            corpus[vector.version, default: []] += [[UInt8]](repeating: vector.bytes, count: 4)
        }
        for vector in FaultVector.all { corpus[vector.version, default: []].append(vector.bytes) }
        self.corpus = corpus
    }

    /// A stream of one to four packets, most of them changed inside, some changed between.
    func stream(_ version: MQTTVersion, using random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) { bytes += self.packet(version, using: &random) }
        if Int.random(in: 0..<4, using: &random) == 0 { self.mutate(&bytes, version, using: &random) }
        return bytes
    }

    private func packet(_ version: MQTTVersion, using random: inout SeededGenerator) -> [UInt8] {
        let isRandom = Int.random(in: 0..<3, using: &random) == 0
        var bytes = isRandom ? self.encoded(version, using: &random) : self.vector(version, using: &random)
        let changes = [0, 0, 0, 0, 1, 1, 2, 3].randomElement(using: &random) ?? 0
        for _ in 0..<changes { self.mutate(&bytes, version, using: &random) }
        // Makes Remaining Length fit, so that what is behind it is looked at.
        if changes > 0, 2..<130 ~= bytes.count, Int.random(in: 0..<4, using: &random) > 0 {
            bytes[1] = UInt8(bytes.count - 2)
        }
        return bytes
    }

    private func vector(_ version: MQTTVersion, using random: inout SeededGenerator) -> [UInt8] {
        self.corpus[version]?.randomElement(using: &random) ?? []
    }

    private func encoded(_ version: MQTTVersion, using random: inout SeededGenerator) -> [UInt8] {
        var maker = RandomPacket(SeededGenerator(seed: random.next()))
        var buffer = ByteBuffer()
        try? maker.packet(version).encode(into: &buffer, version: version)  // what is too long is left out
        return Array(buffer.readableBytesView)
    }

    private func mutate(_ bytes: inout [UInt8], _ version: MQTTVersion, using random: inout SeededGenerator) {
        guard !bytes.isEmpty else {
            bytes = [UInt8.random(in: 0...255, using: &random)]
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let length = Int.random(in: 1...min(8, bytes.count - place), using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes[place] = PacketMutator.interesting.randomElement(using: &random) ?? 0
        case 3: bytes[place] &+= Bool.random(using: &random) ? 1 : .max
        case 4: bytes.insert(PacketMutator.interesting.randomElement(using: &random) ?? 0, at: place)
        case 5: bytes.removeSubrange(place..<place + length)
        case 6: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
        case 7: bytes.removeSubrange(place...)
        default:
            let other = self.vector(version, using: &random)
            let start = Int.random(in: 0..<max(1, other.count), using: &random)
            bytes.insert(contentsOf: other.dropFirst(start).prefix(16), at: place)
        }
    }
}
