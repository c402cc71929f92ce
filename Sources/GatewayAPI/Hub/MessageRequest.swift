import HTTPTypes
import HubProtocol
import TelemetryModel

/// Reads a cloud-to-device message out of a request's head. Pure.
///
///     iothub-to: /devices/dev1/messages/devicebound
///     iothub-messageid: m9
///     iothub-app-alert level: high
///
/// Source: contract iothub-rest section 6, "REST extension".
enum MessageRequest {
    private static let applicationPrefix = "iothub-app-"

    /// The device of `iothub-to`, whose id there is percent-encoded as in a path.
    static func device(_ header: String?) throws(HubError) -> String {
        let form = "/devices/ID/messages/devicebound"
        guard let header else { throw HubError(.argumentInvalid, "the header iothub-to is missing, expected \(form)") }
        let parts = header.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "devices", parts[3] == "messages",
            parts[4].lowercased() == "devicebound", let device = PercentEncoding.decode(parts[2])
        else {
            throw HubError(.argumentInvalid, "the header iothub-to is “\(header.prefix(200))”, expected \(form)")
        }
        return try IdentityBody.checkedID(device).device
    }

    /// The message of a request.
    static func message(
        to device: String,
        headers: HTTPFields,
        payload: [UInt8]
    ) throws(HubError) -> CloudToDeviceMessage {
        var message = CloudToDeviceMessage(to: device, payload: payload)
        message.messageID = headers[.messageID]
        message.correlationID = headers[.messageCorrelationID]
        message.contentType = headers[.contentType]
        message.contentEncoding = headers[.contentEncoding]
        if let text = headers[.messageExpiry] {
            guard let time = Timestamp(iso8601: text) else {
                throw HubError(
                    .argumentInvalid,
                    "iothub-expiry is “\(text.prefix(64))”, expected a time such as 2026-11-21T04:33:00Z"
                )
            }
            message.expiresAt = time
        }
        if let text = headers[.messageAcknowledgement] {
            guard let acknowledgement = CloudToDeviceMessage.Acknowledgement(rawValue: text.lowercased()) else {
                throw HubError(
                    .argumentInvalid,
                    "iothub-ack is “\(text.prefix(64))”, expected none, positive, negative or full"
                )
            }
            message.acknowledgement = acknowledgement
        }
        for field in headers {
            let name = field.name.rawName
            guard name.lowercased().hasPrefix(MessageRequest.applicationPrefix) else { continue }
            let property = String(name.dropFirst(MessageRequest.applicationPrefix.count))
            guard !property.isEmpty else { continue }
            message.properties.append(CloudToDeviceMessage.Property(property, field.value))
        }
        return message
    }

    /// The lock in the path; the quotes of an etag around it are taken off.
    static func lock(_ context: APIContext) throws -> String {
        let text = try PathParameters.text("lock", context)
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast())
    }
}
