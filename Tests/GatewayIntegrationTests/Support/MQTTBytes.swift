/// MQTT 3.1.1 packets written by hand, so that broken ones are as easy as good ones.
enum MQTTBytes {
    static let pingRequest: [UInt8] = [0xC0, 0x00]
    static let disconnect: [UInt8] = [0xE0, 0x00]

    /// CONNECT, §3.1.
    static func connect(
        clientID: String,
        userName: String?,
        password: String?,
        level: UInt8 = 4,
        keepAliveSeconds: UInt16 = 60
    ) -> [UInt8] {
        let flags: UInt8 = 0x02 | (userName == nil ? 0 : 0x80) | (password == nil ? 0 : 0x40)
        var body = MQTTBytes.string("MQTT") + [level, flags]
        body += [UInt8(keepAliveSeconds >> 8), UInt8(keepAliveSeconds & 0xFF)]
        body += MQTTBytes.string(clientID)
        if let userName { body += MQTTBytes.string(userName) }
        if let password { body += MQTTBytes.string(password) }
        return MQTTBytes.packet(0x10, body)
    }

    /// PUBLISH with QoS 1, §3.3.
    static func publish(_ topic: String, _ payload: [UInt8], id: UInt16) -> [UInt8] {
        MQTTBytes.packet(0x32, MQTTBytes.string(topic) + [UInt8(id >> 8), UInt8(id & 0xFF)] + payload)
    }

    /// A packet with its remaining length, §2.2.3.
    static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes = [first]
        var length = body.count
        repeat {
            bytes.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return bytes + body
    }

    static func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }
}
