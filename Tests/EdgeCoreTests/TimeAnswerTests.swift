import EdgeCore
import SensorKit
import TelemetryModel
import Testing

@Suite("the gateway's answer to GET /time")
struct TimeAnswerTests {
    private static let body = #"{"time":"2026-11-21T22:00:00.123Z","unixMilliseconds":1795298400123}"#

    private func read(_ text: String, ended: Bool = false) -> TimeAnswer.Reading {
        TimeAnswer.read(Array(text.utf8), isEnded: ended)
    }

    private func answer(_ text: String, ended: Bool = false) -> (Int64, Duration)? {
        guard case .answer(let answer) = self.read(text, ended: ended) else { return nil }
        return (answer.date.milliseconds, answer.resolution)
    }

    @Test("the body's milliseconds are taken as soon as it is whole, at every place it may be cut")
    func body() throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(Self.body.utf8.count)\r\n"
            + "Date: Sat, 21 Nov 2026 22:00:00 GMT\r\n\r\n\(Self.body)"
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(TimeAnswer.read(Array(bytes.prefix(count)), isEnded: false) == .incomplete, "\(count)")
        }
        let (milliseconds, resolution) = try #require(self.answer(text))
        #expect(milliseconds == 1_795_298_400_123)
        #expect(resolution == .milliseconds(1))
    }

    @Test("without a length the end of the connection ends the body")
    func untilEnd() throws {
        let text = "HTTP/1.1 200 OK\r\n\r\n\(Self.body)"
        #expect(self.read(text) == .incomplete)
        #expect(try #require(self.answer(text, ended: true)).0 == 1_795_298_400_123)
    }

    @Test(
        "any other answer is good for its Date, to a second",
        arguments: [
            "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
            "HTTP/1.1 301 Moved\r\ndate:Sun, 06 Nov 1994 08:49:37 GMT \r\nContent-Length: 3\r\n\r\n",
            "HTTP/1.0 200 OK\r\nDATE: \tSun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 24\r\n\r\n{\"unixMilliseconds\":1.5}",
        ]
    )
    func dateHeader(text: String) throws {
        let (milliseconds, resolution) = try #require(self.answer(text))
        #expect(milliseconds == 784_111_777_000)
        #expect(resolution == .seconds(1))
    }

    @Test(
        "what says no time, or is no HTTP, is a fault in words",
        arguments: [
            ("HTTP/1.1 500 Oops\r\n\r\n", "says no time"), ("SSH-2.0-OpenSSH\r\n\r\n", "no HTTP answer"),
            ("HTTP/1.1 2000 OK\r\n\r\n", "no HTTP answer"), ("HTTP/2 200\r\n\r\n", "no HTTP answer"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "says no time"),
            ("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}", "says no time"),
            (String(repeating: "a", count: 16_385), "too long"),
        ]
    )
    func faults(text: String, says: String) {
        guard case .fault(let message) = self.read(text) else { return #expect(Bool(false), "\(self.read(text))") }
        #expect(message.contains(says))
    }

    @Test("an end before the head is whole is a fault; a body without end is given up")
    func ends() {
        guard case .fault = self.read("HTTP/1.1 200 OK\r\nDate: ", ended: true) else {
            return #expect(Bool(false), "no fault")
        }
        let endless = "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 16_384)
        guard case .fault = self.read(endless) else { return #expect(Bool(false), "no fault") }
    }

    @Test("the request asks for one answer")
    func request() {
        let text = String(decoding: TimeAnswer.request(host: "gw:8443"), as: UTF8.self)
        #expect(text.hasPrefix("GET /time HTTP/1.1\r\nHost: gw:8443\r\n"))
        #expect(text.hasSuffix("\r\nConnection: close\r\n\r\n"))
    }

    @Test("bytes flipped, cut, doubled or made up never trap")
    func fuzz() {
        let seed: UInt64 = 0x6874_7470
        var random = SplitMix64(seed: seed)
        let good = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 68\r\nDate: Sat, 21 Nov 2026 22:00:00 GMT\r\n\r\n\(Self.body)".utf8
        )
        var answers = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(index...)
                default: bytes.insert(contentsOf: bytes[index...].prefix(30), at: index)
                }
            }
            if case .answer = TimeAnswer.read(bytes, isEnded: true) { answers += 1 }
        }
        #expect(answers > 1_000, "seed \(seed): the fuzzer only made rubbish")
    }
}

@Suite("HTTP dates, RFC 9110 section 5.6.7")
struct HTTPDateTests {
    @Test("the standard's example and the month names")
    func good() {
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT".utf8) == Timestamp(seconds: 784_111_777))
        #expect(HTTPDate.parse("Thu, 01 Jan 1970 00:00:00 GMT".utf8) == Timestamp(seconds: 0))
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 23:59:59 GMT".utf8)?.description == "2024-02-29T23:59:59.000Z")
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 2024 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 06 Nov 1994 08:49 GMT",
        ]
    )
    func bad(text: String) {
        #expect(HTTPDate.parse(text.utf8) == nil)
    }
}
