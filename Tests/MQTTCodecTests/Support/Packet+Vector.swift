import MQTTCodec
import NIOCore

extension Packet {
    /// The packet's fields as the vectors write them: binary in hexadecimal, defaults left out.
    var vector: VectorValue {
        var fields = FieldList()
        fields.text("type", "\(self.type)")
        switch self {
        case .connect(let packet): fields.add(packet)
        case .connack(let packet):
            fields.values["sessionPresent"] = .flag(packet.sessionPresent)
            fields.number("reason", packet.reason.rawValue)
            fields.object("properties", packet.properties) { $0.add($1) }
        case .publish(let packet):
            fields.text("topic", String(buffer: packet.topic))
            fields.binary("payload", packet.payload)
            fields.number("qos", packet.qos.rawValue)
            fields.number("packetID", packet.packetID == 0 ? nil : packet.packetID)
            fields.flag("isDuplicate", packet.isDuplicate)
            fields.flag("retain", packet.retain)
            fields.object("properties", packet.properties) { $0.add($1) }
        case .puback(let packet): fields.add(packet)
        case .pubrec(let packet): fields.add(packet)
        case .pubrel(let packet): fields.add(packet)
        case .pubcomp(let packet): fields.add(packet)
        case .subscribe(let packet): fields.add(packet)
        case .suback(let packet):
            fields.number("packetID", packet.packetID)
            fields.values["codes"] = .list(packet.codes.map { .number(Int($0.rawValue)) })
            fields.object("properties", packet.properties) { $0.add($1) }
        case .unsubscribe(let packet):
            fields.number("packetID", packet.packetID)
            fields.values["filters"] = .list(packet.filters.map { .text($0) })
            fields.pairs(packet.userProperties)
        case .unsuback(let packet):
            fields.number("packetID", packet.packetID)
            fields.values["codes"] = .list(packet.codes.map { .number(Int($0.rawValue)) })
            fields.object("properties", packet.properties) { $0.add($1) }
        case .pingreq, .pingresp: break
        case .disconnect(let packet):
            fields.number("reason", packet.reason.rawValue)
            fields.number("sessionExpirySeconds", packet.sessionExpirySeconds)
            fields.text("reasonString", packet.reasonString)
            fields.pairs(packet.userProperties)
            fields.text("serverReference", packet.serverReference)
        case .auth(let packet):
            fields.number("reason", packet.reason.rawValue)
            fields.text("authenticationMethod", packet.authenticationMethod)
            fields.binary("authenticationData", packet.authenticationData)
            fields.text("reasonString", packet.reasonString)
            fields.pairs(packet.userProperties)
        }
        return .object(fields.values)
    }
}
