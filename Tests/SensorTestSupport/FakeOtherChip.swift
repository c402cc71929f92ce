package import SensorKit

/// Any other chip: fixed answers to fixed commands.
package final class FakeOtherChip: FakeChip {
    private let answers: [[UInt8]: [UInt8]]
    private var answer: [UInt8]?

    package init(_ answers: [[UInt8]: [UInt8]]) {
        self.answers = answers
    }

    package func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        self.answer = self.answers[bytes]
        if self.answer == nil, !bytes.isEmpty { throw SensorFault(.nack) }
    }

    package func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard let answer = self.answer else { throw SensorFault(.nack) }
        return Array(answer.prefix(count))
    }
}
