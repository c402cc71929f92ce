import TelemetryModel

/// Reads telemetry payloads, `{"ts":"2026-11-21T04:33:00.123Z","temperature":21.42}` or an array of such objects, at the
/// speed of the streams: one pass, no allocation once its arrays have grown.
///
/// - Every number is a channel's value. A nested object's numbers are named by their path: `{"bus":{"u":5}}` gives `bus.u`.
/// - Strings, booleans, nulls, arrays below an object, numbers beyond `Double` and names longer than ``nameLengthMax`` give
///   nothing.
/// - A name that repeats gives a value each time.
/// - `ts` at the top of an object is its instant: ISO 8601 text, or a whole number of milliseconds since 1970. Never a channel.
/// - The whole payload is checked before anything can be used: after an error ``readings`` is empty.
///
/// Memory: at most about 40 times the largest payload seen (a value needs five bytes of JSON, takes 48 and may have a
/// composed name).
package struct TelemetryScanner: Sendable {
    /// Longest name of a channel, path included, in UTF-8 bytes.
    package static let nameLengthMax = 128

    /// The objects of the last payload, in order.
    package private(set) var readings: [TelemetryReading] = []
    /// The numbers of all objects, in order.
    package private(set) var values: [TelemetryValue] = []
    /// Names that are not slices of the payload.
    package private(set) var names: [UInt8] = []

    /// The path of the nested object being read, each part followed by a dot.
    private var path: [UInt8] = []

    package init() {}

    /// Reads one payload; the results stay until the next call.
    ///
    /// - Parameter payload: The record's value.
    /// - Throws: The first fault in the bytes, or `notTelemetry` when they are another kind of JSON.
    package mutating func scan(_ payload: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        self.removeAll()
        do {
            try self.scanPayload(payload)
        } catch {
            self.removeAll()
            throw error
        }
    }

    /// Calls `body` with a value's channel name in UTF-8; `payload` is what was scanned.
    @inline(__always)
    package func withName<Result>(
        of value: TelemetryValue,
        in payload: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        guard value.isNameComposed else { return body(UnsafeBufferPointer(rebasing: payload[value.name])) }
        return self.names.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[value.name])) }
    }

    private mutating func removeAll() {
        self.readings.removeAll(keepingCapacity: true)
        self.values.removeAll(keepingCapacity: true)
        self.names.removeAll(keepingCapacity: true)
        self.path.removeAll(keepingCapacity: true)
    }

    private mutating func scanPayload(_ payload: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var scanner = try JSONScanner(payload)
        switch try scanner.peekToken() {
        case UInt8(ascii: "{"):
            try self.scanReading(&scanner, depth: 0)
        case UInt8(ascii: "["):
            try self.scanArray(&scanner)
        default:
            let start = scanner.position
            try scanner.skipValue(depth: 0)
            try scanner.expectEnd()
            throw JSONError(.notTelemetry, at: start)
        }
        try scanner.expectEnd()
    }

    private mutating func scanArray(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enter(depth: 0)
        if try scanner.peekToken() == UInt8(ascii: "]") {
            scanner.position += 1
            return
        }
        repeat {
            let byte = try scanner.peekToken()
            guard byte == UInt8(ascii: "{") else {
                let start = scanner.position
                try scanner.skipValue(depth: 1)
                throw JSONError(.notTelemetry, at: start)
            }
            try self.scanReading(&scanner, depth: 1)
        } while try scanner.continues(until: UInt8(ascii: "]"))
    }

    private mutating func scanReading(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        var reading = TelemetryReading(values: self.values.count..<self.values.count)
        try self.scanMembers(&scanner, of: &reading, depth: depth, isTop: true)
        reading.values = reading.values.lowerBound..<self.values.count
        self.readings.append(reading)
    }

    private mutating func scanMembers(
        _ scanner: inout JSONScanner,
        of reading: inout TelemetryReading,
        depth: Int,
        isTop: Bool
    ) throws(JSONError) {
        try scanner.enter(depth: depth)
        if try scanner.peekToken() == UInt8(ascii: "}") {
            scanner.position += 1
            return
        }
        repeat {
            let quote = try scanner.peekToken()
            guard quote == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(quote), at: scanner.position) }
            let name = try scanner.skipString()
            try scanner.expect(UInt8(ascii: ":"))
            let byte = try scanner.peekToken()
            if isTop, TelemetryScanner.isTimestampName(name, scanner) {
                try TelemetryScanner.scanTimestamp(&scanner, startingWith: byte, of: &reading, depth: depth)
            } else if byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) {
                try self.scanNumber(&scanner, named: name)
            } else if byte == UInt8(ascii: "{") {
                let pathLength = self.path.count
                scanner.unescape(name, into: &self.path)
                self.path.append(UInt8(ascii: "."))
                try self.scanMembers(&scanner, of: &reading, depth: depth + 1, isTop: false)
                self.path.removeSubrange(pathLength...)
            } else {
                try scanner.skipValue(depth: depth + 1)
            }
        } while try scanner.continues(until: UInt8(ascii: "}"))
    }

    @inline(__always)
    private mutating func scanNumber(
        _ scanner: inout JSONScanner,
        named name: JSONScanner.StringSlice
    ) throws(JSONError) {
        let start = scanner.position
        guard let number = try scanner.readNumber() else { return }
        let text = start..<scanner.position
        guard self.path.count + name.content.count <= TelemetryScanner.nameLengthMax else { return }
        guard name.hasEscapes || !self.path.isEmpty else {
            self.values.append(
                TelemetryValue(number: number, text: text, name: name.content, isNameComposed: false)
            )
            return
        }
        let nameStart = self.names.count
        self.names.append(contentsOf: self.path)
        scanner.unescape(name, into: &self.names)
        self.values.append(
            TelemetryValue(number: number, text: text, name: nameStart..<self.names.count, isNameComposed: true)
        )
    }

    @inline(__always)
    private static func isTimestampName(_ name: JSONScanner.StringSlice, _ scanner: JSONScanner) -> Bool {
        let start = name.content.lowerBound
        return name.content.count == 2 && scanner.base[start] == UInt8(ascii: "t")
            && scanner.base[start + 1] == UInt8(ascii: "s")
    }

    private static func scanTimestamp(
        _ scanner: inout JSONScanner,
        startingWith byte: UInt8,
        of reading: inout TelemetryReading,
        depth: Int
    ) throws(JSONError) {
        let parsed: Timestamp?
        if byte == UInt8(ascii: "\"") {
            let slice = try scanner.skipString()
            let text = UnsafeBufferPointer(start: scanner.base + slice.content.lowerBound, count: slice.content.count)
            parsed = slice.hasEscapes ? nil : Timestamp(iso8601Bytes: text)
        } else if byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) {
            parsed = try scanner.readNumber().flatMap { TelemetryScanner.timestamp(milliseconds: $0) }
        } else {
            try scanner.skipValue(depth: depth + 1)
            parsed = nil
        }
        reading.timestamp = parsed
        reading.isTimestampUnreadable = parsed == nil
    }

    private static func timestamp(milliseconds: Double) -> Timestamp? {
        let years0000To9999 = -62_167_219_200_000.0...253_402_300_799_999.0
        guard years0000To9999.contains(milliseconds), milliseconds.rounded() == milliseconds else { return nil }
        return Timestamp(milliseconds: Int64(milliseconds))
    }
}
