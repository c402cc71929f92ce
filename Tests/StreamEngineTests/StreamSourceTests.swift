import StreamEngine
import Testing

@Suite("the position a result came from")
struct StreamSourceTests {
    @Test("it is written into the header and read back")
    func bothWays() {
        let source = StreamSource(partition: 3, offset: 12_345, ordinal: 2)
        let header = source.headerValue(stream: "s", topic: "telemetry")
        #expect(header == Array("s/telemetry/3/12345/2".utf8))
        #expect(StreamSource(headerValue: header, stream: "s", topic: "telemetry") == source)
    }

    @Test(
        "another stream's, another topic's and malformed headers are not ours",
        arguments: [
            "t/telemetry/3/1/2", "s/other/3/1/2", "", "s/telemetry/3/1", "s/telemetry/3/1/2/4", "s/telemetry/-1/1/2",
            "s/telemetry/3/-1/2", "s/telemetry/3/1/x", "s/telemetry/3//2", "s/telemetry/3/99999999999999999999/2",
        ]
    )
    func others(header: String) {
        #expect(StreamSource(headerValue: header.utf8, stream: "s", topic: "telemetry") == nil)
    }
}
