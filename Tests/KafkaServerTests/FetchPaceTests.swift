import NIOCore
import Testing

@testable import KafkaServer

@Suite("how much one Fetch answer may hold")
struct FetchPaceTests {
    @Test("a client that reads quickly gets more, up to the limit")
    func quick() {
        var pace = FetchPace(limit: 2 << 20)
        #expect(pace.bytes == 512 << 10)
        pace.sent(after: .milliseconds(250))
        #expect(pace.bytes == 1 << 20)
        for _ in 0..<5 { pace.sent(after: .zero) }
        #expect(pace.bytes == 2 << 20)
    }

    @Test("a client that reads slowly gets less, down to 64 KiB; between the two nothing changes")
    func slow() {
        var pace = FetchPace(limit: 2 << 20)
        pace.sent(after: .milliseconds(999))
        #expect(pace.bytes == 512 << 10)
        pace.sent(after: .seconds(1))
        #expect(pace.bytes == 256 << 10)
        for _ in 0..<5 { pace.sent(after: .seconds(9)) }
        #expect(pace.bytes == 64 << 10)
    }
}
