/// Finds out which of several chips is at an address, by asking as little as possible.
///
/// Pure: the caller asks what ``next`` says, and gives the answers. The chips are tried in the order given; the first
/// whose every step fits is the one. Two dozen questions at most, so it ends.
package struct ChipIdentification: Sendable {
    /// What is at the address.
    package enum Verdict: Equatable, Sendable {
        /// The chip's name as people write it.
        case chip(String)
        /// Something answers that is none of the candidates.
        case stranger
        /// Nothing acknowledged anything.
        case silent
    }

    package enum Action: Equatable, Sendable {
        case ask(ChipSignature.Question)
        case done(Verdict)
    }

    /// A question is asked this often while its answers are garbled.
    private static let attemptsMax = 3

    private let candidates: [ChipSignature]
    private var candidate = 0
    private var step = 0
    private var attempts = 0
    private var hasAnswered = false
    private var verdict: Verdict?

    package init(among candidates: [ChipSignature]) {
        self.candidates = candidates
    }

    package var next: Action {
        if let verdict = self.verdict { return .done(verdict) }
        guard self.candidate < self.candidates.count else { return .done(self.hasAnswered ? .stranger : .silent) }
        return .ask(self.candidates[self.candidate].steps[self.step].question)
    }

    /// The answer to the question of ``next``.
    package mutating func received(_ answer: ChipSignature.Answer) {
        guard self.verdict == nil, self.candidate < self.candidates.count else { return }
        let signature = self.candidates[self.candidate]
        let isPause = signature.steps[self.step].question.isPause
        if answer != .refused, !isPause { self.hasAnswered = true }
        self.attempts += 1
        switch signature.steps[self.step].judge(answer) {
        case .fits:
            self.attempts = 0
            self.step += 1
            if self.step == signature.steps.count { self.verdict = .chip(signature.chip) }
        case .garbled where self.attempts < Self.attemptsMax: break
        case .garbled, .differs:
            self.attempts = 0
            self.step = 0
            self.candidate += 1
        }
    }
}
