import EdgeCore
import TelemetryModel
import Testing

@Suite("steps of the clock as readings")
struct ClockEventTests {
    private let instant = BootInstant(milliseconds: 5)

    private func text(_ event: BootClock.Event) -> String? {
        ClockEvent.reading(event, at: self.instant).map { reading in
            #expect(reading.kind == .event && reading.instant == self.instant)
            return String(decoding: reading.body, as: UTF8.self)
        }
    }

    @Test("a step says by how much, and who said so")
    func step() {
        #expect(
            self.text(.stepped(.milliseconds(-1_500), .gateway))
                == #","event":"clockStepped","stepMilliseconds":-1500,"source":"gateway"}"#
        )
    }

    @Test(
        "the first time that is known is one when the board's clock was wrong by a second or more",
        arguments: [(-1_000, true), (999, false), (0, false), (1_000, true)]
    )
    func correction(milliseconds: Int, isTold: Bool) {
        let text = self.text(.trusted(.gateway, correction: .milliseconds(milliseconds)))
        #expect((text != nil) == isTold)
        #expect(text.map { $0.hasPrefix(#","event":"clockCorrected","stepMilliseconds":\#(milliseconds),"#) } ?? true)
    }

    @Test("what moves no date is none")
    func others() {
        #expect(self.text(.sourceChanged(.kernel)) == nil)
        #expect(self.text(.systemStepped(.seconds(5))) == nil)
        #expect(self.text(.implausible(Timestamp(seconds: 0), .gateway)) == nil)
    }
}
