/// How the delivery of readings is, for health reports.
package struct DeliveryStatus: Equatable, Sendable {
    /// Readings in memory: waiting, and in flight or ready to be sent again.
    package var waitingReadings = 0
    package var waitingBytes = 0
    package var inFlightMessages = 0
    /// `nil` without a state folder.
    package var spool: SpoolReport?
    /// Readings given up since the start, by cause.
    package var dropped: [DropCause: Int] = [:]
    /// Connections that a gateway accepted since the start.
    package var connections = 0
    package var isOnline = false

    package init() {}
}
