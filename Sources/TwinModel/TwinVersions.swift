/// The counters of a twin; none ever goes back while its identity lives.
///
/// Source: contract twins section 2.
package struct TwinVersions: Hashable, Sendable {
    /// Grows with each change of tags, desired or reported properties.
    package var twin: Int64
    /// `$version` of the desired properties.
    package var desired: Int64
    /// `$version` of the reported properties.
    package var reported: Int64

    /// Counters.
    package init(twin: Int64, desired: Int64, reported: Int64) {
        self.twin = twin
        self.desired = desired
        self.reported = reported
    }

    /// The twin's etag at these counters: eight bytes, most significant first, in base64. A new twin, of version 2, has
    /// `AAAAAAAAAAE=`.
    package var etag: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let counter = UInt64(bitPattern: self.twin &- 1)
        var text: [UInt8] = []
        text.reserveCapacity(12)
        for shift in stride(from: 58, through: 4, by: -6) { text.append(alphabet[Int(counter >> UInt64(shift) & 63)]) }
        text.append(alphabet[Int(counter << 2 & 63)])
        text.append(UInt8(ascii: "="))
        return String(decoding: text, as: UTF8.self)
    }
}
