package import NIOCore
package import TelemetryModel

/// A rule bound to one topic: what depends on the topic only is worked out once, so that a message costs its own bytes.
///
/// A class, so that a connection keeps one pointer per topic.
package final class IngestBinding: Sendable {
    /// Whose telemetry the messages are.
    enum Device: Equatable, Sendable {
        case fixed(IdentityID)
        /// Each message says it.
        case inPayload
        /// The topic gives no id.
        case none(reason: String)
        /// A Sparkplug node, or a device on one.
        case sparkplug(SparkplugTopic, IdentityID)
    }

    /// The rule.
    package let rule: TopicRule
    let device: Device
    /// The named levels of the topic.
    let levels: [String: String]
    /// The name of the value in `number` and `text` payloads.
    let valueName: [UInt8]
    /// The headers of every record.
    let properties: [IngestProperty]

    init(rule: TopicRule, topic: [UInt8], levels: [String: String]) {
        self.rule = rule
        self.levels = levels
        self.valueName = Array(
            (rule.valueName?.filled { levels[$0] } ?? "value").utf8.prefix(IngestLimits.nameBytesMax)
        )
        self.properties = IngestBinding.properties(of: rule, topic: topic, levels: levels)
        if rule.device.payloadPaths.isEmpty {
            let text = rule.device.filled { levels[$0].map { DeviceName.encoded($0.utf8) } }
            switch DeviceName.identity(text ?? "") {
            case .success(let identity): self.device = .fixed(identity)
            case .failure(let reason): self.device = .none(reason: reason.text)
            }
        } else {
            self.device = .inPayload
        }
    }

    init(rule: TopicRule, topic: [UInt8], sparkplug: SparkplugTopic) {
        self.rule = rule
        self.levels = [:]
        self.valueName = []
        self.properties = IngestBinding.properties(of: rule, topic: topic, levels: [:])
        switch IngestBinding.identity(of: sparkplug, device: sparkplug.device, rule: rule) {
        case .success(let identity): self.device = .sparkplug(sparkplug, identity)
        case .failure(let reason): self.device = .none(reason: reason.text)
        }
    }

    /// Whether subscribers get the message too.
    package var isBrokered: Bool { self.rule.isBrokered }

    /// Whether ``decode(_:isRetained:arrivedAt:state:)`` needs the state of the Sparkplug nodes; for other formats
    /// ``decode(_:isRetained:arrivedAt:)`` does the same without it, and without the lock around it.
    package var needsSparkplugState: Bool { self.rule.format == .sparkplugB }

    /// Makes telemetry of one message of any format.
    ///
    /// - Parameters:
    ///   - payload: the message's.
    ///   - isRetained: whether it was published with RETAIN=1.
    ///   - arrival: the gateway's clock.
    ///   - state: the birth certificates of the Sparkplug nodes.
    /// - Returns: Cost: linear in the payload.
    package func decode(
        _ payload: ByteBuffer,
        isRetained: Bool,
        arrivedAt arrival: Timestamp,
        state: inout SparkplugState
    ) -> IngestOutcome {
        guard case .sparkplug(let topic, let identity) = self.device else {
            return self.decode(payload, isRetained: isRetained, arrivedAt: arrival)
        }
        if isRetained, !self.rule.takesRetained { return IngestOutcome() }
        if let fault = self.sizeFault(payload) { return fault }
        return SparkplugReader(binding: self, topic: topic, identity: identity, arrival: arrival)
            .read(payload, state: &state)
    }

    /// Makes telemetry of one message; of a Sparkplug message a dead letter.
    package func decode(_ payload: ByteBuffer, isRetained: Bool, arrivedAt arrival: Timestamp) -> IngestOutcome {
        if isRetained, !self.rule.takesRetained { return IngestOutcome() }
        if let fault = self.sizeFault(payload) { return fault }
        // An empty message clears a retained one. [MQTT-3.3.1-10]
        guard payload.readableBytes > 0 else { return IngestOutcome() }
        if case .none(let reason) = self.device { return IngestOutcome(deadLetter: reason) }
        return payload.withUnsafeReadableBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            switch self.rule.format {
            case .json: return self.decodeJSON(bytes, arrivedAt: arrival)
            case .number: return self.decodeNumber(bytes, arrivedAt: arrival)
            case .text: return self.decodeText(bytes, arrivedAt: arrival)
            case .auto: return self.decodeAny(bytes, arrivedAt: arrival)
            case .sparkplugB: return IngestOutcome(deadLetter: "a Sparkplug message needs the state of its node")
            }
        }
    }

    /// The id of a Sparkplug node (`device` is `nil`) or of a device on it.
    static func identity(
        of topic: SparkplugTopic,
        device: String?,
        rule: TopicRule
    ) -> Result<IdentityID, DeviceName.Reason> {
        let template = device == nil ? rule.node ?? rule.device : rule.device
        let text = template.filled { name in
            switch name {
            case "group": DeviceName.encoded(topic.group.utf8)
            case "node": DeviceName.encoded(topic.node.utf8)
            default: device.map { DeviceName.encoded($0.utf8) }
            }
        }
        return DeviceName.identity(text ?? "")
    }

    private func sizeFault(_ payload: ByteBuffer) -> IngestOutcome? {
        guard payload.readableBytes > IngestLimits.payloadBytesMax else { return nil }
        return IngestOutcome(
            deadLetter:
                "the message has \(payload.readableBytes) bytes; telemetry has at most \(IngestLimits.payloadBytesMax)"
        )
    }

    private static func properties(
        of rule: TopicRule,
        topic: [UInt8],
        levels: [String: String]
    ) -> [IngestProperty] {
        [
            IngestProperty(name: "content-type", value: "application/json"),
            IngestProperty(name: "content-encoding", value: "utf-8"),
            IngestProperty(name: IngestProperty.topicName, value: String(decoding: topic, as: UTF8.self)),
            IngestProperty(name: IngestProperty.ruleName, value: rule.name),
        ]
            + rule.properties.compactMap { property in
                property.value.filled { levels[$0] }.map { IngestProperty(name: property.name, value: $0) }
            }
    }
}
