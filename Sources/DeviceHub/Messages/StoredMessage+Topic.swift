internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryModel

extension StoredMessage {
    /// The topic that carries it, with its property bag.
    ///
    /// Source: contract iothub-mqtt section 9.
    ///
    /// - Parameter lifeDefault: a message that lives so long says nothing of its end.
    /// - Returns: A checked topic name.
    func topic(lifeDefault: Duration) -> String {
        let device = self.device.device
        var properties: [(name: String, value: String?)] = [("$.to", "/devices/\(device)/messages/devicebound")]
        if self.expiresAt != self.enqueuedAt + lifeDefault { properties.append(("$.exp", self.expiresAt.description)) }
        let system = [
            ("$.mid", self.messageID), ("$.cid", self.correlationID), ("$.uid", self.userID),
            ("$.ct", self.contentType), ("$.ce", self.contentEncoding),
        ]
        for (name, value) in system {
            if let value { properties.append((name, value)) }
        }
        if self.acknowledgement != .none { properties.append(("iothub-ack", self.acknowledgement.rawValue)) }
        properties += self.properties.map { ($0.name, $0.value) }
        return HubAnswerTopic.devicebound(device: device, properties: properties)
    }
}
