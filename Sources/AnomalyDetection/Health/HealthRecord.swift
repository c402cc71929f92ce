package import TelemetryModel

/// A record of a device as its ``HealthMonitor`` takes it.
package struct HealthRecord: Equatable, Sendable {
    /// One number of the record.
    package struct Reading: Equatable, Sendable {
        /// Its channel's place in the model.
        package var channel: Int
        /// Anything; what is not finite is a reading that did not happen.
        package var value: Double
        /// The median of the other members of the channel's group (``PeerGroup``); `nil` when there are too few.
        package var peers: Double?

        package init(channel: Int, value: Double, peers: Double? = nil) {
            self.channel = channel
            self.value = value
            self.peers = peers
        }
    }

    /// The stamp the device gave; the arrival when it gave none.
    package var time: Timestamp
    /// The enqueue time: the streams' clock.
    package var arrival: Timestamp
    package var position: RecordPosition
    /// Backlog (`weir-historical`): it changes nothing that is live.
    package var isHistorical: Bool
    package var readings: [Reading]

    package init(
        time: Timestamp,
        arrival: Timestamp,
        position: RecordPosition,
        isHistorical: Bool = false,
        readings: [Reading]
    ) {
        self.time = time
        self.arrival = arrival
        self.position = position
        self.isHistorical = isHistorical
        self.readings = readings
    }
}
