import TelemetryModel

@testable import DeviceRegistry

extension StoredMessage {
    /// A message as the store gives it.
    static func numbered(
        _ number: Int64,
        to device: IdentityID,
        at time: Timestamp,
        living life: Duration
    ) -> StoredMessage {
        var message = StoredMessage(to: device, payload: [], author: "", enqueuedAt: time, expiresAt: time + life)
        message.number = number
        return message
    }
}
