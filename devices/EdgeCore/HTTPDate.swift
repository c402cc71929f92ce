package import TelemetryModel

/// The `Date` of an HTTP answer: `Sun, 06 Nov 1994 08:49:37 GMT`, whole seconds.
///
/// Source: RFC 9110 section 5.6.7, IMF-fixdate, the one form that servers may send; the obsolete ones are not read.
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The date; `nil` for any other text. The name of the day is not compared with the date.
    package static func parse(_ text: some BidirectionalCollection<UInt8>) -> Timestamp? {
        let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].count == 4, parts[0].last == UInt8(ascii: ","),
            parts[5].elementsEqual("GMT".utf8), parts[1].count == 2, parts[3].count == 4, parts[4].count == 8,
            let month = Self.months.firstIndex(where: { parts[2].elementsEqual($0.utf8) })
        else { return nil }
        // What is left is put into the form that the model's own parser checks, day of month included.
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        var iso: [UInt8] = Array(parts[3]) + Array("-\(number)-".utf8)
        iso += Array(parts[1]) + [UInt8(ascii: "T")] + Array(parts[4]) + [UInt8(ascii: "Z")]
        return Timestamp(iso8601: iso)
    }
}
