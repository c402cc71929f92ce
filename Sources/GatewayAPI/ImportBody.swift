import HubProtocol
import NIOCore
import TelemetryJSON
import TelemetryModel

/// Readings as `weir import` sends them: one line each, its parts separated by tabs.
///
///     4711 ⇥ 2026-11-21T04:33:00.123Z ⇥ {"ts":"2026-11-21T04:33:00.123Z","temperature":21.4}
///
/// The number counts the readings of the file from 0; the body is stored byte for byte.
struct ImportBody: Sendable {
    /// One reading.
    struct Line: Equatable, Sendable {
        var number: Int64
        var time: Timestamp
        var body: [UInt8]
    }

    /// Bytes of one body at most, the contract's most for a device's message. Source: contract iothub-mqtt section 13.
    static let readingBytesMax = 256 << 10

    /// In the order of their numbers.
    let lines: [Line]

    /// Reads a request's body.
    ///
    /// - Throws: `HubError` naming the line and what was expected.
    init(_ bytes: ByteBuffer) throws(HubError) {
        var lines: [Line] = []
        let text = Array(bytes.readableBytesView)
        for (index, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let number = Int64(String(decoding: parts[0], as: UTF8.self)), number >= 0,
                let time = Timestamp(iso8601: parts[1])
            else {
                throw HubError(.argumentInvalid, "line \(index + 1): expected number, tab, time, tab, JSON")
            }
            guard parts[2].count <= ImportBody.readingBytesMax else {
                let limit = ImportBody.readingBytesMax
                throw HubError(
                    .tooLarge,
                    "line \(index + 1): a reading of \(parts[2].count) bytes, at most \(limit) are taken"
                )
            }
            if let fault = JSONValidator.fault(in: parts[2]) {
                throw HubError(.argumentInvalid, "line \(index + 1): the body is not JSON: \(fault)")
            }
            if let last = lines.last, number <= last.number {
                throw HubError(.argumentInvalid, "line \(index + 1): number \(number) after \(last.number)")
            }
            lines.append(Line(number: number, time: time, body: Array(parts[2])))
        }
        self.lines = lines
    }
}
