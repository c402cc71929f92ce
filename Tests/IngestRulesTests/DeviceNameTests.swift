import IngestRules
import NIOCore
import TelemetryModel
import Testing

@Suite("device ids from what topics and payloads call a device")
struct DeviceNameTests {
    @Test(
        "what an id cannot hold is percent-encoded, slashes become colons",
        arguments: [
            ("0x00158d00018255df", "0x00158d00018255df"), ("Living Room", "Living%20Room"), ("Küche", "K%C3%BCche"),
            ("a/b/c", "a:b:c"), ("100%", "100%25"), ("a&b\"c", "a%26b%22c"), ("-:.+_#*?!(),=@;$'", "-:.+_#*?!(),=@;$'"),
            ("\u{7F}", "%7F"),
        ]
    )
    func encoding(name: String, expected: String) {
        #expect(DeviceName.encoded(name.utf8) == expected)
    }

    @Test("every byte gives a part of an id")
    func allBytes() {
        for byte in UInt8.min...UInt8.max {
            #expect(IdentityID.isValidPart(DeviceName.encoded([byte])))
        }
    }

    @Test("an id has 1 to 128 bytes; others are a dead letter that says so")
    func length() throws {
        let binding = { (name: String) in
            try #require(IngestRules([try SampleRules.rule("t/{device}")]).resolve(topic: "t/\(name)".utf8))
        }
        let arrival = Timestamp(milliseconds: 0)
        let fits = try binding(String(repeating: "d", count: 128))
        #expect(fits.decode(.init(string: #"{"v":1}"#), isRetained: false, arrivedAt: arrival).records.count == 1)
        let tooLong = try binding(String(repeating: "d", count: 127) + " ")
        let reason = tooLong.decode(.init(string: #"{"v":1}"#), isRetained: false, arrivedAt: arrival).deadLetter
        #expect(reason?.hasSuffix("has 130 bytes; an id has 1 to 128") == true)
    }

    @Test(
        "the payload can name the device",
        arguments: [
            (#"{"id":"s 7","v":1}"#, "ble-s%207", #"{"ts":"2026-11-21T12:00:00.000Z","v":1}"#),
            (#"{"v":1,"id":12}"#, "ble-12", #"{"ts":"2026-11-21T12:00:00.000Z","v":1}"#),
        ]
    )
    func payload(text: String, device: String, value: String) throws {
        let outcome = try decode(text, by: try SampleRules.rule("t", device: "ble-{payload:id}"))
        #expect(outcome.records.map(\.device.description) == [device])
        #expect(outcome.values == [value])
    }

    @Test("each object of an array names its own device; one that names none is a dead letter, the others are records")
    func array() throws {
        let outcome = try decode(
            #"[{"id":"a","v":1},{"v":2},{"id":"c","v":3}]"#,
            by: try SampleRules.rule("t", device: "{payload:id}")
        )
        #expect(outcome.records.map(\.device.description) == ["a", "c"])
        #expect(outcome.deadLetter == "the payload names no device at id")
    }
}
