import MQTTCodec
import NIOCore
import TestSupport

/// What holds for a decoder whatever bytes it is given:
///
/// - it gives the same packets and the same fault however the bytes are cut;
/// - each packet is made of its own bytes, none behind it: alone it decodes to the same;
/// - it holds no more than one packet that is not complete, and nothing after a fault;
/// - what it gives encodes to bytes that decode to the same, and these are the shortest: they encode to themselves.
struct DecoderCheck {
    /// How a stream begins.
    struct Start {
        var version = MQTTVersion.v311
        var sender: PacketSender?
        var packetSizeMax = 4_096
    }

    private struct Outcome: Equatable {
        var packets: [Packet] = []
        var fault: PacketError?
    }

    let start: Start

    /// What does not hold, in words; `nil` when all does. The stream is cut as `random` says.
    func finding(_ bytes: [UInt8], cutBy random: inout SeededGenerator, tally: inout FuzzTally) -> String? {
        switch self.whole(bytes) {
        case .failure(let finding): return finding.text
        case .success(let whole):
            tally.packets += whole.packets.count
            if whole.fault == nil { tally.open += 1 } else { tally.faults += 1 }
            return self.pieces(bytes, expected: whole, cutBy: &random)
        }
    }

    private struct Finding: Error {
        var text: String
    }

    /// All at once, every packet checked.
    private func whole(_ bytes: [UInt8]) -> Result<Outcome, Finding> {
        var decoder = self.makeDecoder(self.start.version)
        decoder.append(ByteBuffer(bytes: bytes))
        var outcome = Outcome()
        var position = 0
        while true {
            let version = decoder.version
            do throws(PacketError) {
                guard let packet = try decoder.next() else { break }
                let end = bytes.count - decoder.bufferedBytes
                guard end > position + 1 else { return .failure(Finding(text: "a packet of \(end - position) bytes")) }
                if let text = self.alone(Array(bytes[position..<end]), version, expected: packet) {
                    return .failure(Finding(text: text))
                }
                if let text = self.roundTrip(packet, version) { return .failure(Finding(text: text)) }
                outcome.packets.append(packet)
                position = end
            } catch {
                if error.offset > self.start.packetSizeMax || error.offset > bytes.count - position {
                    return .failure(Finding(text: "a fault at \(error.offset), outside of the packet"))
                }
                if decoder.bufferedBytes > 0 { return .failure(Finding(text: "bytes are kept after a fault")) }
                outcome.fault = error
                break
            }
        }
        return .success(outcome)
    }

    private func pieces(_ bytes: [UInt8], expected: Outcome, cutBy random: inout SeededGenerator) -> String? {
        var decoder = self.makeDecoder(self.start.version)
        var outcome = Outcome()
        var rest = bytes[...]
        cutting: while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...(Bool.random(using: &random) ? 4 : 200), using: &random))
            rest = rest.dropFirst(piece.count)
            decoder.append(ByteBuffer(bytes: piece))
            do throws(PacketError) {
                while let packet = try decoder.next() { outcome.packets.append(packet) }
            } catch {
                outcome.fault = error
                break cutting
            }
            guard decoder.bufferedBytes < self.start.packetSizeMax else { return "more is held than a packet" }
        }
        return outcome == expected ? nil : "in pieces it gives \(outcome), at once \(expected)"
    }

    /// The packet's own bytes, and none to look at behind them.
    private func alone(_ bytes: [UInt8], _ version: MQTTVersion, expected: Packet) -> String? {
        var decoder = self.makeDecoder(version)
        decoder.append(ByteBuffer(bytes: bytes))
        do throws(PacketError) {
            guard try decoder.next() == expected, decoder.bufferedBytes == 0 else {
                return "alone it is not the same \(expected)"
            }
            return nil
        } catch {
            return "alone it is refused, \(error): \(expected)"
        }
    }

    private func roundTrip(_ packet: Packet, _ version: MQTTVersion) -> String? {
        // Of a CONNECT of another level only the level is known.
        if case .connect(let connect) = packet, connect.version == nil { return nil }
        do throws(PacketError) {
            var first = ByteBuffer()
            try packet.encode(into: &first, version: version)
            var decoder = self.makeDecoder(version)
            decoder.packetSizeMax = 2 * self.start.packetSizeMax
            decoder.append(first)
            guard let again = try decoder.next(), decoder.bufferedBytes == 0 else {
                return "no whole packet: \(packet)"
            }
            guard again == packet else { return "\(packet) came back as \(again)" }
            var second = ByteBuffer()
            try again.encode(into: &second, version: version)
            return first == second ? nil : "\(packet) does not encode to the same bytes twice"
        } catch {
            return "\(packet) cannot be sent on: \(error)"
        }
    }

    private func makeDecoder(_ version: MQTTVersion) -> PacketDecoder {
        var decoder = PacketDecoder(packetSizeMax: self.start.packetSizeMax, sender: self.start.sender)
        decoder.version = version
        return decoder
    }
}
