import Testing

@testable import ReadingNumbers

/// Ranges and spans as tests write them: `1:0-9 x10-12 20-29`, an epoch and its ranges; `x` is told as missing.
extension ReceivedRanges {
    var text: String {
        var text = ""
        var epoch: UInt32?
        for range in self.ranges {
            if range.epoch != epoch { text += (epoch == nil ? "" : " ") + "\(range.epoch):" } else { text += " " }
            epoch = range.epoch
            text += "\(range.isTold ? "x" : "")\(range.first)-\(range.last)"
        }
        return text
    }

    /// Inserts `epoch:first-last` one after the other.
    mutating func insert(_ spans: String, atMinute minute: UInt32 = 0) -> NumberEffects {
        var effects = NumberEffects()
        for span in [ReadingSpan](text: spans) { self.insert(span, atMinute: minute, effects: &effects) }
        return effects
    }
}

extension ReadingSpan {
    /// `epoch:first-last` or `epoch:number`.
    init(text: some StringProtocol) {
        let parts = text.split(separator: ":")
        let ends = parts[1].split(separator: "-").compactMap { UInt64($0) }
        guard let epoch = UInt32(parts[0]), let first = ends.first, let last = ends.last,
            let span = ReadingSpan(epoch: epoch, first: first, last: last)
        else { preconditionFailure("the test writes a span as epoch:first-last: \(text)") }
        self = span
    }
}

extension [ReadingSpan] {
    init(text: String) { self = text.split(separator: " ").map { ReadingSpan(text: $0) } }
}

extension NumberEffects {
    var text: String { self.gaps.map { "\($0.reason.name) \($0.span)" }.joined(separator: ", ") }
}
