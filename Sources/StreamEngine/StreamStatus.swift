package import EventLog

/// How a stream is doing.
package struct StreamStatus: Equatable, Sendable {
    package enum Phase: Equatable, Sendable {
        /// Not run yet.
        case idle
        case running
        /// It cannot go on; the sentence says why and what to do. Ingest does not depend on it.
        case failed(String)
        case stopped
    }

    package var phase = Phase.idle
    /// The next record to read.
    package var position: LogPosition?
    /// Records in the input topic that are not read yet.
    package var lagRecords: Int64 = 0
    /// Since this process started.
    package var counts = StreamCounts()
    package var devices = 0
    package var series = 0
    /// Results found in the outputs after a restart, and not written again.
    package var recognizedResults: Int64 = 0
    package var checkpoints: Int64 = 0
    /// Bytes of the last checkpoint: what the state holds.
    package var checkpointBytes = 0

    package init() {}
}
