package import TelemetryModel

/// Data that a query looks up: a file, or the device registry as of the event's time.
package protocol ReferenceTable: Sendable {
    /// All records of a table that never changes; `nil` when it is asked device by device.
    var records: [StreamRecord]? { get }

    /// A device's record as of an instant; `nil` when there was none. Only asked when ``records`` is `nil`.
    func record(of device: String, asOf time: Timestamp) -> StreamRecord?
}
