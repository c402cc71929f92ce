import EdgeCore
import Testing

@Suite("a parcel as the gateway gets it, DESIGN section 5")
struct ParcelMessageTests {
    private static let offset: Int64 = 1_795_235_580_000

    private func parcel(_ instants: [Int64], kind: Reading.Kind = .sample, isHistorical: Bool = false) -> Parcel {
        let readings = instants.map {
            Reading(kind: kind, instant: BootInstant(milliseconds: $0), body: Array(#","t":21.42}"#.utf8))
        }
        return Parcel(epoch: 7, first: 4_711, readings: readings, isHistorical: isHistorical)
    }

    private func body(_ parcel: Parcel, offset: Int64?) -> String {
        var bytes: [UInt8] = []
        ParcelMessage.appendBody(of: parcel, offset: offset, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("one reading is an object, more are an array; the time is boot time and offset")
    func dated() {
        #expect(self.body(self.parcel([123]), offset: Self.offset) == #"{"ts":"2026-11-21T04:33:00.123Z","t":21.42}"#)
        #expect(
            self.body(self.parcel([123, 1_123]), offset: Self.offset)
                == #"[{"ts":"2026-11-21T04:33:00.123Z","t":21.42},{"ts":"2026-11-21T04:33:01.123Z","t":21.42}]"#
        )
    }

    @Test(
        "what nobody can date has the seconds since its boot",
        arguments: [(0, "0.000"), (7, "0.007"), (81_204, "81.204"), (1_000, "1.000"), (-5, "0.000")]
    )
    func undated(milliseconds: Int64, text: String) {
        #expect(self.body(self.parcel([milliseconds]), offset: nil) == #"{"uptime":\#(text),"t":21.42}"#)
    }

    @Test("an offset that no clock can have does not trap")
    func overflow() {
        #expect(!self.body(self.parcel([.max]), offset: .max).isEmpty)
    }

    @Test("the property bag says epoch, first number and count, and what else is true")
    func properties() {
        #expect(
            ParcelMessage.properties(of: self.parcel([1, 2]), isDated: true)
                == "&weir-epoch=7&weir-seq=4711&weir-count=2"
        )
        #expect(
            ParcelMessage.properties(of: self.parcel([1], kind: .health, isHistorical: true), isDated: false)
                == "&weir-epoch=7&weir-seq=4711&weir-count=1&weir-type=health&weir-historical=true&weir-undated=true"
        )
        #expect(
            ParcelMessage.properties(of: self.parcel([1], kind: .event), isDated: true).hasSuffix("&weir-type=event")
        )
    }

    @Test("dropped readings are named with their epoch when it is not the message's")
    func dropped() {
        let ranges = [
            ReadingRange(epoch: 6, first: 12, last: 40), ReadingRange(epoch: 7, first: 100, last: 100),
        ]
        #expect(
            ParcelMessage.properties(of: self.parcel([1]), isDated: true, dropped: ranges)
                == "&weir-epoch=7&weir-seq=4711&weir-count=1&weir-dropped=6:12-40,100-100"
        )
    }
}

@Suite("the name of a boot")
struct BootIDTests {
    @Test("it is read as the kernel writes it")
    func parse() {
        let id = BootID("8c7f6ce2-6cd0-4f0c-9a38-0d6fd0a9f3a5\n")
        #expect(id == BootID(high: 0x8C7F_6CE2_6CD0_4F0C, low: 0x9A38_0D6F_D0A9_F3A5))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "8c7f6ce2-6cd0-4f0c-9a38-0d6fd0a9f3a", "8c7f6ce2-6cd0-4f0c-9a38-0d6fd0a9f3a56",
            "x" + String(repeating: "0", count: 31),
        ]
    )
    func malformed(text: String) {
        #expect(BootID(text) == nil)
    }
}
