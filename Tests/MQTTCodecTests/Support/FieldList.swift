import MQTTCodec
import NIOCore

/// Collects the fields of a packet for comparison with a vector.
struct FieldList {
    var values: [String: VectorValue] = [:]

    mutating func flag(_ name: String, _ value: Bool) {
        if value { self.values[name] = .flag(true) }
    }

    mutating func flag(_ name: String, _ value: Bool?) {
        if let value { self.values[name] = .flag(value) }
    }

    mutating func number(_ name: String, _ value: (some FixedWidthInteger)?) {
        if let value { self.values[name] = .number(Int(value)) }
    }

    mutating func text(_ name: String, _ value: String?) {
        if let value { self.values[name] = .text(value) }
    }

    mutating func binary(_ name: String, _ value: ByteBuffer?) {
        guard let value else { return }
        let digits = value.readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        self.values[name] = .text(digits.joined())
    }

    mutating func object<Value>(_ name: String, _ value: Value?, _ add: (inout FieldList, Value) -> Void) {
        guard let value else { return }
        var fields = FieldList()
        add(&fields, value)
        self.values[name] = .object(fields.values)
    }

    mutating func pairs(_ properties: [UserProperty]) {
        guard !properties.isEmpty else { return }
        self.values["userProperties"] = .list(
            properties.map { .object(["name": .text($0.name), "value": .text($0.value)]) }
        )
    }

    mutating func add(_ packet: ConnectPacket) {
        self.number("protocolLevel", packet.protocolLevel)
        self.values["cleanSession"] = .flag(packet.cleanSession)
        self.number("keepAliveSeconds", packet.keepAliveSeconds)
        self.text("clientID", packet.clientID)
        self.text("userName", packet.userName)
        self.binary("password", packet.password)
        self.object("properties", packet.properties) { fields, properties in
            fields.number("sessionExpirySeconds", properties.sessionExpirySeconds)
            fields.number("receiveMaximum", properties.receiveMaximum)
            fields.number("packetSizeMax", properties.packetSizeMax)
            fields.number("topicAliasMax", properties.topicAliasMax)
            fields.flag("requestsResponseInformation", properties.requestsResponseInformation)
            fields.flag("requestsProblemInformation", properties.requestsProblemInformation)
            fields.pairs(properties.userProperties)
            fields.text("authenticationMethod", properties.authenticationMethod)
            fields.binary("authenticationData", properties.authenticationData)
        }
        self.object("will", packet.will) { fields, will in
            fields.text("topic", String(buffer: will.topic))
            fields.binary("payload", will.payload)
            fields.number("qos", will.qos.rawValue)
            fields.flag("retain", will.retain)
            fields.number("delaySeconds", will.delaySeconds == 0 ? nil : will.delaySeconds)
            fields.object("properties", will.properties) { $0.add($1) }
        }
    }

    mutating func add(_ packet: some AcknowledgementPacket) {
        self.number("packetID", packet.packetID)
        self.number("reason", packet.reason.rawValue)
        self.object("properties", packet.properties) { $0.add($1) }
    }

    mutating func add(_ packet: SubscribePacket) {
        self.number("packetID", packet.packetID)
        self.number("subscriptionID", packet.subscriptionID)
        self.pairs(packet.userProperties)
        let requests = packet.requests.map { request in
            var fields = FieldList()
            fields.text("filter", request.filter)
            fields.number("qos", request.qos.rawValue)
            fields.flag("noLocal", request.noLocal)
            fields.flag("retainAsPublished", request.retainAsPublished)
            let handling = request.retainHandling
            fields.number("retainHandling", handling == .send ? nil : handling.rawValue)
            return VectorValue.object(fields.values)
        }
        self.values["requests"] = .list(requests)
    }

    mutating func add(_ properties: AnswerProperties) {
        self.text("reasonString", properties.reasonString)
        self.pairs(properties.userProperties)
    }

    mutating func add(_ properties: PublishProperties) {
        self.number("payloadFormat", properties.payloadFormat?.rawValue)
        self.number("messageExpirySeconds", properties.messageExpirySeconds)
        self.number("topicAlias", properties.topicAlias)
        self.text("responseTopic", properties.responseTopic.map { String(buffer: $0) })
        self.binary("correlationData", properties.correlationData)
        self.text("contentType", properties.contentType)
        if !properties.subscriptionIDs.isEmpty {
            self.values["subscriptionIDs"] = .list(properties.subscriptionIDs.map { .number(Int($0)) })
        }
        self.pairs(properties.userProperties)
    }

    mutating func add(_ properties: ConnackProperties) {
        self.number("sessionExpirySeconds", properties.sessionExpirySeconds)
        self.number("receiveMaximum", properties.receiveMaximum)
        self.number("maximumQoS", properties.maximumQoS?.rawValue)
        self.flag("retainAvailable", properties.retainAvailable)
        self.number("packetSizeMax", properties.packetSizeMax)
        self.text("assignedClientID", properties.assignedClientID)
        self.number("topicAliasMax", properties.topicAliasMax)
        self.text("reasonString", properties.reasonString)
        self.pairs(properties.userProperties)
        self.flag("wildcardSubscriptionsAvailable", properties.wildcardSubscriptionsAvailable)
        self.flag("subscriptionIDsAvailable", properties.subscriptionIDsAvailable)
        self.flag("sharedSubscriptionsAvailable", properties.sharedSubscriptionsAvailable)
        self.number("serverKeepAliveSeconds", properties.serverKeepAliveSeconds)
        self.text("responseInformation", properties.responseInformation)
        self.text("serverReference", properties.serverReference)
        self.text("authenticationMethod", properties.authenticationMethod)
        self.binary("authenticationData", properties.authenticationData)
    }
}
