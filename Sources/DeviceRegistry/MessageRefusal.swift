package import TelemetryModel

/// Why a message was not put into a queue.
package enum MessageRefusal: Error, Equatable, Sendable {
    /// There is no such device.
    case notFound(IdentityID)
    /// It has ``MessageLimits/queueMax`` messages.
    case queueFull(IdentityID)
}
