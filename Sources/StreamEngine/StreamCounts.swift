/// What a pipeline has done since it was made or restored.
package struct StreamCounts: Equatable, Sendable {
    package var records: Int64 = 0
    /// Numbers that went into windows and detectors.
    package var values: Int64 = 0
    package var windows: Int64 = 0
    /// Alerts that opened.
    package var alerts: Int64 = 0
    package var deadLetters: Int64 = 0
    /// Records with JSON that is neither an object nor an array of objects, without a key, or in a batch that its
    /// producer made unreadable.
    package var ignored: Int64 = 0
    /// Objects for a window that is closed.
    package var lateReadings: Int64 = 0
    /// Objects whose `ts` could not be read or was too far ahead.
    package var wrongClocks: Int64 = 0
    /// Values of channels beyond a limit.
    package var refusedValues: Int64 = 0
    /// Devices that were forgotten to make room.
    package var evictedDevices: Int64 = 0

    package init() {}
}
