import FleetModel

/// What one step of reading a recording gave.
struct RecordingBatch: Sendable {
    /// How a recording ended.
    enum End: Sendable, Equatable {
        /// Read to its last row.
        case complete
        /// The file cannot be read on; the rows before are good. A sentence.
        case failed(String)
    }

    var readings: [RecordedReading] = []
    var malformed = MalformedRows()
    /// Bytes of the file read so far, as they are on the disk.
    var bytesRead = 0
    /// Set with the last batch.
    var end: End?
}
