import TelemetryJSON
package import TelemetryModel

/// What the gateway says when it is asked for the time, read from the bytes of its HTTP/1.1 answer.
///
/// The gateway's own `GET /time` says `{"time":"…","unixMilliseconds":…}`; from anything else that speaks HTTP, whatever
/// its status, the header `Date` is taken, which is only good to a second.
package struct TimeAnswer: Equatable, Sendable {
    /// Longest answer that is read, bytes.
    package static let sizeMaxBytes = 16_384

    package let date: Timestamp
    /// The date is from ``date`` to that much later.
    package let resolution: Duration

    /// What the bytes say so far.
    package enum Reading: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        case answer(TimeAnswer)
        case fault(String)
    }

    private init(date: Timestamp, resolution: Duration) {
        self.date = date
        self.resolution = resolution
    }

    /// The request, as it is sent.
    ///
    /// - Parameter host: The gateway's name, and its port if that is not 443.
    /// - Returns: Its bytes.
    package static func request(host: String) -> [UInt8] {
        Array(
            "GET /time HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: weir-agent/\(AgentVersion.text)\r\nConnection: close\r\n\r\n"
                .utf8
        )
    }

    /// Reads what has come so far.
    ///
    /// - Parameters:
    ///   - bytes: All bytes since the connection began.
    ///   - isEnded: Whether the peer has closed the connection, so that no more come.
    /// - Returns: The time, that more is needed, or what is wrong.
    package static func read(_ bytes: [UInt8], isEnded: Bool) -> Reading {
        guard let head = Self.head(of: bytes) else {
            if isEnded { return .fault("the answer to GET /time is no HTTP answer") }
            return bytes.count > Self.sizeMaxBytes ? .fault("the answer to GET /time is too long") : .incomplete
        }
        var lines = bytes[..<head].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        guard let status = Self.status(of: lines.removeFirst()) else {
            return .fault("the answer to GET /time is no HTTP answer")
        }
        var headerDate: Timestamp?
        var length: Int?
        for line in lines {
            guard let (name, value) = Self.field(line) else { continue }
            if name == "date" { headerDate = HTTPDate.parse(value) }
            if name == "content-length" { length = Int(String(decoding: value, as: UTF8.self)) }
        }
        let body = bytes[head...]
        if status == 200 {
            let isWhole = isEnded || length.map { body.count >= $0 } ?? false
            if !isWhole, bytes.count <= Self.sizeMaxBytes { return .incomplete }
            if let date = Self.milliseconds(in: length.map { body.prefix(max($0, 0)) } ?? body) {
                return .answer(TimeAnswer(date: date, resolution: .milliseconds(1)))
            }
        }
        guard let headerDate else { return .fault("the answer to GET /time (status \(status)) says no time") }
        return .answer(TimeAnswer(date: headerDate, resolution: .seconds(1)))
    }

    /// Where the body begins; `nil` while the head is not whole.
    private static func head(of bytes: [UInt8]) -> Int? {
        let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        guard bytes.count >= end.count else { return nil }
        return (0...bytes.count - end.count).first { bytes[$0..<$0 + end.count].elementsEqual(end) }
            .map { $0 + end.count }
    }

    /// The status of `HTTP/1.1 200 OK`.
    private static func status(of line: ArraySlice<UInt8>) -> Int? {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/1.".utf8), parts[1].count == 3,
            let status = Int(String(decoding: parts[1], as: UTF8.self)), (100...599).contains(status)
        else { return nil }
        return status
    }

    /// Name, in lower case, and value without the blanks around it.
    private static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: ArraySlice<UInt8>)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var value = line[line.index(after: colon)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value = value.dropLast() }
        return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), value)
    }

    private static func milliseconds(in body: ArraySlice<UInt8>) -> Timestamp? {
        guard let value = try? JSONValue(parsing: body, depthMax: 4) else { return nil }
        return value.object?["unixMilliseconds"]?.integer.map { Timestamp(milliseconds: $0) }
    }
}
