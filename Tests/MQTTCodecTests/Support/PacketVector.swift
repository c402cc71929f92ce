import MQTTCodec
import Testing

/// One packet as bytes and as fields.
struct PacketVector: Sendable, CustomTestStringConvertible {
    private struct Content: Decodable {
        var name: String
        var bytes: String
        /// What the packet encodes to, when that is not `bytes`.
        var encodes: String?
        /// Its fields; those not named have their default.
        var packet: VectorValue
    }

    let name: String
    let version: MQTTVersion
    let bytes: [UInt8]
    let encodedBytes: [UInt8]
    let packet: VectorValue

    var testDescription: String { "\(self.version): \(self.name)" }

    static let all: [PacketVector] = ["v311-valid", "v5-valid"].flatMap { name in
        VectorFile<Content>.cases(name).map { version, content in
            PacketVector(
                name: content.name,
                version: version,
                bytes: VectorFile<Content>.bytes(content.bytes),
                encodedBytes: VectorFile<Content>.bytes(content.encodes ?? content.bytes),
                packet: content.packet
            )
        }
    }

    static func all(_ version: MQTTVersion) -> [PacketVector] {
        PacketVector.all.filter { $0.version == version }
    }
}
