package import NIOCore

/// CONNACK: the server's first packet. Spec: MQTT 3.1.1 §3.2.
package struct ConnackPacket: Equatable, Sendable {
    /// Whether the server kept a session; false with every code but 0. [MQTT-3.2.2-4]
    package var sessionPresent: Bool
    package var returnCode: ConnectReturnCode

    /// An answer.
    package init(sessionPresent: Bool, returnCode: ConnectReturnCode) {
        self.sessionPresent = sessionPresent
        self.returnCode = returnCode
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        let flagsFault = fields.fault(.reservedValue)
        let flags = try fields.byte()
        guard flags & 0xFE == 0 else { throw flagsFault }
        let codeFault = fields.fault(.reservedValue)
        guard let code = ConnectReturnCode(rawValue: try fields.byte()) else { throw codeFault }
        self.init(sessionPresent: flags == 1, returnCode: code)
    }

    /// Writes the packet, four bytes.
    package func encode(into buffer: inout ByteBuffer) {
        let present: UInt16 = self.sessionPresent ? 0x0100 : 0
        buffer.writeShortPacket(.connack, present | UInt16(self.returnCode.rawValue))
    }
}
