import TelemetryModel

/// A parcel as the gateway gets it: body, and the property bag at the topic's end.
///
/// ```
/// {"ts":"2026-11-21T04:33:00.123Z","temperature":21.42}                 one reading
/// [{"ts":"…","temperature":21.42},{"ts":"…","temperature":21.43}]       more
/// {"uptime":81.204,"temperature":21.42}                                 one that nobody can date, weir-undated=true
/// …&weir-epoch=7&weir-seq=4711&weir-count=2&weir-historical=true&weir-dropped=6:12-40,100-163
/// ```
/// Source: DESIGN section 5; `weir-dropped`: gateway, `ReadingNumbers/MessageNumbers.swift`.
package enum ParcelMessage {
    /// Appends the parcel's body.
    ///
    /// - Parameters:
    ///   - parcel: The message's readings.
    ///   - offset: Milliseconds from boot time to wall time; `nil` when nobody knows it: readings then carry the seconds
    ///     since their boot.
    ///   - bytes: The body so far.
    package static func appendBody(of parcel: Parcel, offset: Int64?, to bytes: inout [UInt8]) {
        if parcel.count > 1 { bytes.append(UInt8(ascii: "[")) }
        for (index, reading) in parcel.readings.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            self.appendTime(of: reading.instant, offset: offset, to: &bytes)
            bytes.append(contentsOf: reading.body)
        }
        if parcel.count > 1 { bytes.append(UInt8(ascii: "]")) }
    }

    /// What follows content type and encoding in the topic's property bag; begins with `&`.
    ///
    /// - Parameters:
    ///   - parcel: The message's readings.
    ///   - isDated: Whether their wall time is known.
    ///   - dropped: Readings that no message will bring, to be told with this one.
    /// - Returns: Text to append to ``HubNames/telemetryTopic``.
    package static func properties(of parcel: Parcel, isDated: Bool, dropped: [ReadingRange] = []) -> String {
        var text = "&weir-epoch=\(parcel.epoch)&weir-seq=\(parcel.first)&weir-count=\(parcel.count)"
        switch parcel.kind {
        case .sample: break
        case .health: text += "&weir-type=health"
        case .event: text += "&weir-type=event"
        }
        if parcel.isHistorical { text += "&weir-historical=true" }
        if !isDated { text += "&weir-undated=true" }
        for (index, range) in dropped.enumerated() {
            text += index == 0 ? "&weir-dropped=" : ","
            if range.epoch != parcel.epoch { text += "\(range.epoch):" }
            text += "\(range.first)-\(range.last)"
        }
        return text
    }

    private static func appendTime(of instant: BootInstant, offset: Int64?, to bytes: inout [UInt8]) {
        guard let offset else {
            let milliseconds = max(instant.milliseconds, 0)
            let rest = String(milliseconds % 1_000)
            bytes.append(contentsOf: #"{"uptime":\#(milliseconds / 1_000)."#.utf8)
            for _ in rest.utf8.count..<3 { bytes.append(UInt8(ascii: "0")) }
            bytes.append(contentsOf: rest.utf8)
            return
        }
        bytes.append(contentsOf: #"{"ts":""#.utf8)
        bytes.append(contentsOf: Timestamp(milliseconds: instant.milliseconds &+ offset).iso8601)
        bytes.append(UInt8(ascii: "\""))
    }
}
