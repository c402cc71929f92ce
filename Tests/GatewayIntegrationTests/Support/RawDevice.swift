import Testing

/// A device over a raw socket: connects as it should and publishes one message after the other.
final class RawDevice {
    let device: TestDevice
    let socket: RawSocket
    private var packetID: UInt16 = 0

    /// Connects and is accepted.
    init(_ device: TestDevice, port: Int, receiveBufferBytes: Int32? = nil) throws {
        self.device = device
        self.socket = try RawSocket(port: port, receiveBufferBytes: receiveBufferBytes)
        let code = try RawDevice.connect(device, over: self.socket)
        try #require(code == 0, "CONNACK \(code)")
    }

    /// Sends CONNECT.
    ///
    /// - Parameters:
    ///   - device: whose id, user name and token are used.
    ///   - socket: a new connection.
    /// - Returns: CONNACK's code.
    /// - Throws: when no CONNACK comes.
    static func connect(_ device: TestDevice, over socket: RawSocket) throws -> UInt8 {
        try socket.send(
            MQTTBytes.connect(clientID: device.id, userName: device.userName, password: device.token)
        )
        let answer = try socket.receive(4)
        try #require(answer[0...1] == [0x20, 0x02], "no CONNACK but \(answer)")
        return answer[3]
    }

    /// Sends a PUBLISH with QoS 1; nothing is waited for.
    func send(_ payload: String) throws {
        self.packetID = self.packetID % 65_535 + 1
        try self.socket.send(MQTTBytes.publish(self.device.eventsTopic, Array(payload.utf8), id: self.packetID))
    }

    /// Waits for the PUBACK of the message `behind` packets before the last one sent.
    func acknowledgement(behind: UInt16 = 0, within limit: Duration = .seconds(10)) throws {
        let id = self.packetID - behind
        let answer = try self.socket.receive(4, within: limit)
        try #require(answer == [0x40, 0x02, UInt8(id >> 8), UInt8(id & 0xFF)], "no PUBACK of \(id) but \(answer)")
    }

    /// Publishes and waits for PUBACK.
    func publish(_ payload: String) throws {
        try self.send(payload)
        try self.acknowledgement()
    }
}
