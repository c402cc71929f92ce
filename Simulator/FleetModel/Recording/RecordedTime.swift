package import TelemetryModel

/// The time column of a recording.
package enum RecordedTime {
    /// Reads one field: ISO 8601 (a time without a zone is UTC), or a number of seconds after `start`.
    ///
    /// Numbers of 1e11 and more are milliseconds: as seconds they would lie past the year 5000.
    ///
    /// - Parameters:
    ///   - field: the field's bytes.
    ///   - start: what a number counts from; 1970 makes it Unix time.
    /// - Returns: `nil` when the field is no time.
    package static func parse(_ field: ArraySlice<UInt8>, start: Timestamp) -> Timestamp? {
        let text = NumberText.trimmed(field)
        if let time = Timestamp(iso8601: text) { return time }
        guard let number = NumberText.json(text), let value = Double(String(decoding: number, as: UTF8.self)) else {
            return nil
        }
        let milliseconds = (abs(value) >= 1e11 ? value : value * 1_000).rounded()
        guard abs(milliseconds) < 1e15 else { return nil }  // the year 33658
        return Timestamp(milliseconds: start.milliseconds + Int64(milliseconds))
    }
}
