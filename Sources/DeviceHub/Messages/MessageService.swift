package import HubProtocol
package import TelemetryModel

/// Cloud-to-device messages: a durable queue for each device, at least once, in order, with feedback.
///
/// Source: contract iothub-rest section 6, iothub-mqtt section 9.
package final class MessageService: Sendable {
    /// Puts a message into its device's queue; durable when the call returns.
    ///
    /// - Throws: `deviceNotFound`, `queueFull`, `tooLarge`, `argumentInvalid`.
    package func send(_ message: CloudToDeviceMessage, author: String) async throws(HubError) {
        throw HubError(.unavailable, "not there yet")
    }

    /// Removes what waits for a device.
    ///
    /// - Returns: how many messages.
    package func purge(_ device: IdentityID) async throws(HubError) -> Int {
        throw HubError(.unavailable, "not there yet")
    }

    /// The next batch of feedback, locked for 60 s; `nil` when there is none.
    package func nextFeedback() async throws(HubError) -> FeedbackBatch? {
        throw HubError(.unavailable, "not there yet")
    }

    /// Removes a batch.
    ///
    /// - Throws: `lockLost` when it is not locked with that.
    package func completeFeedback(_ lock: String) async throws(HubError) {
        throw HubError(.unavailable, "not there yet")
    }

    /// Gives a batch back.
    ///
    /// - Throws: `lockLost` when it is not locked with that.
    package func abandonFeedback(_ lock: String) async throws(HubError) {
        throw HubError(.unavailable, "not there yet")
    }
}
