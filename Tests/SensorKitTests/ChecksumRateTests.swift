import SensorKit
import Testing

@Suite("wrong checksums now and then, sensors contract 6")
struct ChecksumRateTests {
    /// Every change in a run of attempts, with its number from 1.
    private func changes(
        _ rate: inout ChecksumRate,
        _ attempts: Int,
        wrong: (Int) -> Bool
    ) -> [(Int, ChecksumRate.Change)] {
        (1...attempts).compactMap { index in
            let change = rate.attempted(isWrong: wrong(index))
            return change == .none ? nil : (index, change)
        }
    }

    @Test("one in a hundred is noise, one more is news, once", arguments: [(10, false), (11, true), (500, true)])
    func limit(wrong: Int, isNews: Bool) {
        var rate = ChecksumRate()
        let changes = self.changes(&rate, 1_000) { $0 <= wrong }
        #expect(changes.map(\.1) == (isNews ? [.noisy] : []))
        if isNews { #expect(changes[0].0 == 11) }
    }

    @Test("a whole clean window ends it, and not before")
    func recovery() {
        var rate = ChecksumRate()
        _ = self.changes(&rate, 1_000) { $0 <= 11 }
        let changes = self.changes(&rate, 2_000) { _ in false }
        #expect(changes.map(\.0) == [1_000] && changes.map(\.1) == [.quiet])
    }

    @Test("steady noise is told once, not once per window")
    func steady() {
        var rate = ChecksumRate()
        let changes = self.changes(&rate, 20_000) { $0.isMultiple(of: 20) }
        #expect(changes.map(\.1) == [.noisy])
    }
}
