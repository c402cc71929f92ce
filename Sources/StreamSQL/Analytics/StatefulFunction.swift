package import TelemetryModel

/// One series of a function that looks back: `LAG` of one device, a detector on one sensor.
///
/// A value: it knows nothing but what it is told, in the order of time, and gives the same for the same.
package protocol StatefulFunction: Sendable {
    /// The function's value for an event.
    ///
    /// - Parameter event: What the expressions of the function's plan say of it.
    /// - Returns: `nil` when there is no event to speak of; then the default counts.
    /// - Throws: When the value does not fit; the event's row becomes a dead letter.
    mutating func next(_ event: SeriesEvent) throws(StreamFault) -> StreamValue?

    /// Whether it can be forgotten once event time has come so far, in milliseconds since 1970.
    func isForgotten(at time: Int64) -> Bool

    /// Bytes of memory it takes, about.
    var byteCount: Int { get }

    func snapshot(into state: inout StateWriter)
}
