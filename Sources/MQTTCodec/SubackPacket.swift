package import NIOCore

/// SUBACK: one code per filter of a SUBSCRIBE, in its order. Spec: MQTT 3.1.1 §3.9.
package struct SubackPacket: Equatable, Sendable {
    /// What became of one filter. [MQTT-3.9.3-2]
    package enum Code: Equatable, Sendable {
        case granted(QoS)
        case failure

        package var rawValue: UInt8 {
            switch self {
            case .granted(let qos): qos.rawValue
            case .failure: 0x80
            }
        }

        init?(rawValue: UInt8) {
            if let qos = QoS(rawValue: rawValue) {
                self = .granted(qos)
            } else if rawValue == 0x80 {
                self = .failure
            } else {
                return nil
            }
        }
    }

    package var packetID: UInt16
    package var codes: [Code]

    /// The answer to the SUBSCRIBE with this identifier.
    package init(packetID: UInt16, codes: [Code]) {
        self.packetID = packetID
        self.codes = codes
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), codes: [])
        while !fields.isAtEnd {
            let fault = fields.fault(.reservedValue)
            guard let code = Code(rawValue: try fields.byte()) else { throw fault }
            self.codes.append(code)
        }
    }

    /// Writes the packet.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        try buffer.writeFixedHeader(firstByte: PacketType.suback.firstByte, remainingLength: 2 + self.codes.count)
        buffer.writeInteger(self.packetID)
        for code in self.codes { buffer.writeInteger(code.rawValue) }
    }
}
