import EdgeCore
import Testing

@Suite("the number of a start")
struct EpochTests {
    private func next(
        stored: UInt32?,
        spooled: UInt32? = nil,
        clock: Int64 = 1_800_000_000,
        isTrusted: Bool = true
    ) -> UInt32 {
        Epoch.next(
            stored: stored,
            spooled: spooled,
            clockSeconds: clock,
            floorSeconds: 1_795_219_200,
            isClockTrusted: isTrusted,
            random: 5
        )
    }

    @Test("it is one more than the last, and than all in the spool")
    func counts() {
        #expect(self.next(stored: 7) == 8)
        #expect(self.next(stored: 7, spooled: 7) == 8)
        #expect(self.next(stored: 7, spooled: 12) == 13)
    }

    @Test("when the last is lost it is the time, which is above every count; a wrong clock counts from the build on")
    func lost() {
        #expect(self.next(stored: nil) == 1_800_000_000)
        #expect(self.next(stored: nil, clock: 0) == 1_795_219_200)
        #expect(self.next(stored: nil, clock: 0, isTrusted: false) == 1_795_219_205)
        #expect(self.next(stored: nil, spooled: 1_900_000_000) == 1_900_000_001)
    }

    @Test("at its end it stays there and does not trap")
    func end() {
        #expect(self.next(stored: .max) == .max)
        #expect(self.next(stored: nil, clock: .max / 2) == .max)
    }

    @Test("the file holds digits and a line end, and anything else is as good as none")
    func file() {
        #expect(Epoch.parse(Epoch.bytes(42)) == 42)
        for text in ["", "\n", "42", "42 \n", "-1\n", "+1\n", "4294967296\n", "4\n2\n"] {
            #expect(Epoch.parse(Array(text.utf8)) == nil, "\(text)")
        }
        #expect(Epoch.parse([0xFF, 0x0A]) == nil)
    }
}

@Suite("what was given up and is to be told")
struct DropReportTests {
    private func range(_ first: UInt64, _ last: UInt64) -> ReadingRange {
        ReadingRange(epoch: 1, first: first, last: last)
    }

    @Test("neighbours are joined, and what was told and acknowledged is gone")
    func joins() {
        var report = DropReport()
        report.add(self.range(1, 2))
        report.add(self.range(3, 4))
        report.add(self.range(6, 6))
        #expect(report.ranges == [self.range(1, 4), self.range(6, 6)])
        let told = report.next
        report.add(self.range(7, 9))
        report.acknowledge(told)
        #expect(report.ranges == [self.range(6, 9)], "what has grown since is told again")
    }

    @Test("a message tells 16 ranges; of more than 256 the oldest are forgotten")
    func bounds() {
        var report = DropReport()
        for index in 0..<257 { report.add(self.range(UInt64(index) * 10, UInt64(index) * 10)) }
        #expect(report.next.count == 16)
        #expect(report.ranges.count == 256 && report.ranges.first?.first == 10)
    }
}
