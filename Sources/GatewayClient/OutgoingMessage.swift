import HubProtocol
package import TelemetryModel

/// A cloud-to-device message on its way to the gateway. Source: contract iothub-rest section 6, "REST extension".
package struct OutgoingMessage: Equatable, Sendable {
    /// Which outcomes become feedback.
    package enum Acknowledgement: String, CaseIterable, Sendable {
        case none
        /// Delivered.
        case positive
        /// Not delivered: expired, purged, rejected.
        case negative
        /// Either.
        case full
    }

    /// Whom it is for.
    package var device: String
    /// Its id, what feedback names.
    package var messageID: String
    package var correlationID: String?
    package var contentType: String?
    package var contentEncoding: String?
    /// When it is worth nothing any more; `nil`: after the gateway's own limit.
    package var expiresAt: Timestamp?
    /// Which outcomes become feedback.
    package var acknowledgement: Acknowledgement
    /// Application properties, in order; names are tokens of HTTP, values visible ASCII.
    package var properties: [Property]
    /// What the device gets.
    package var payload: [UInt8]

    /// One application property.
    package struct Property: Equatable, Sendable {
        package var name: String
        package var value: String

        /// A property.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A message.
    package init(
        device: String,
        messageID: String,
        correlationID: String? = nil,
        contentType: String? = nil,
        contentEncoding: String? = nil,
        expiresAt: Timestamp? = nil,
        acknowledgement: Acknowledgement = .none,
        properties: [Property] = [],
        payload: [UInt8]
    ) {
        self.device = device
        self.messageID = messageID
        self.correlationID = correlationID
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.expiresAt = expiresAt
        self.acknowledgement = acknowledgement
        self.properties = properties
        self.payload = payload
    }

    /// The headers that carry all but the payload and its content type.
    package var headers: [(name: String, value: String)] {
        var headers = [
            (name: "iothub-to", value: "/devices/\(PercentEncoding.encode(self.device))/messages/devicebound"),
            (name: "iothub-messageid", value: self.messageID),
            (name: "iothub-ack", value: self.acknowledgement.rawValue),
        ]
        if let correlationID { headers.append(("iothub-correlationid", correlationID)) }
        if let contentEncoding { headers.append(("Content-Encoding", contentEncoding)) }
        if let expiresAt { headers.append(("iothub-expiry", expiresAt.description)) }
        return headers + self.properties.map { ("iothub-app-\($0.name)", $0.value) }
    }
}
