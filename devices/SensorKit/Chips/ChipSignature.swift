/// How one chip is told from others at its address: questions, and what the answers must be.
///
/// Read-only where the chip allows it. An address that is not identified yet may belong to anything, so a question is
/// chosen to be harmless there: sensors contract 1.2.
package struct ChipSignature: Sendable {
    /// What the chip said to one question.
    package enum Answer: Equatable, Sendable {
        case bytes([UInt8])
        /// The question was acknowledged, its answer was not given.
        case mute
        /// The question was not acknowledged.
        case refused
    }

    /// What an answer says about the chip.
    package enum Judgement: Equatable, Sendable {
        case fits
        /// Another chip.
        case differs
        /// A wrong checksum: perhaps a disturbed answer, so it is asked again, twice at most.
        case garbled
    }

    /// One question: a write, a pause, and a read.
    package struct Question: Equatable, Sendable {
        /// Empty: nothing is written.
        package var command: [UInt8]
        /// Whether the read follows without a STOP in between.
        package var isCombined: Bool
        package var wait: Duration
        /// Bytes to read; 0: nothing is read, and an acknowledged command is `bytes([])`.
        package var count: Int

        package init(_ command: [UInt8], isCombined: Bool = false, wait: Duration = .zero, count: Int) {
            self.command = command
            self.isCombined = isCombined
            self.wait = wait
            self.count = count
        }

        /// Nothing is asked, only waited.
        var isPause: Bool { self.command.isEmpty && self.count == 0 }
    }

    /// A question and the meaning of its answer.
    package struct Step: Sendable {
        package let question: Question
        package let judge: @Sendable (Answer) -> Judgement

        package init(_ question: Question, judge: @escaping @Sendable (Answer) -> Judgement) {
            self.question = question
            self.judge = judge
        }

        /// Words with Sensirion's checksum behind each.
        static func words(
            after command: UInt8...,
            wait: Duration = .zero,
            count: Int = 1,
            where fits: @escaping @Sendable ([UInt16]) -> Bool = { _ in true }
        ) -> Step {
            Step(Question(command, wait: wait, count: count * 3)) { answer in
                guard case .bytes(let bytes) = answer else { return .differs }
                guard let words = SensirionCRC.words(in: bytes) else { return .garbled }
                return fits(words) ? .fits : .differs
            }
        }

        /// A command whose answer says nothing, such as waking a chip that may be awake.
        static func command(_ command: UInt8..., wait: Duration) -> Step {
            Step(Question(command, wait: wait, count: 0)) { _ in .fits }
        }

        /// A register of a chip that has them, read after a repeated start.
        static func register(
            _ number: UInt8,
            count: Int,
            where fits: @escaping @Sendable ([UInt8]) -> Bool
        ) -> Step {
            Step(Question([number], isCombined: true, count: count)) { answer in
                guard case .bytes(let bytes) = answer else { return .differs }
                return fits(bytes) ? .fits : .differs
            }
        }
    }

    /// The chip's name as people write it.
    package let chip: String
    package let steps: [Step]

    package init(_ chip: String, _ steps: Step...) {
        self.chip = chip
        self.steps = steps
    }
}
