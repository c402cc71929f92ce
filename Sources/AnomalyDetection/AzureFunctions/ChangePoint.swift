internal import Glibc
package import TelemetryModel

/// `AnomalyDetection_ChangePoint(value, confidence, history)` of Azure Stream Analytics for one partition.
///
/// An exchangeability martingale: each event's p-value against the history is bet on, and while the events are exchangeable
/// nobody wins. The score is the product of the last `history` bets; when it reaches what `history` bets on p = 1 − confidence/100
/// would give, the series has changed, and no other change is told for `history` events.
/// Source: Fedorova, Gammerman, Nouretdinov, Vovk, arXiv:1204.3251; the first bet fills the window, as in Azure.
package struct ChangePoint: Equatable, Sendable {
    /// How a p-value is bet on.
    package enum Bet: String, Equatable, Sendable, CaseIterable {
        /// ε p^(ε − 1) with ε = 0.1: Azure's.
        case power
        /// The power bet averaged over all ε from 0 to 1.
        case mixture

        /// The natural logarithm of the bet's yield; `p` from 10⁻⁸ to 1 − 10⁻⁸.
        func logarithm(_ p: Double) -> Double {
            let logarithm = log(p)
            switch self {
            case .power: return log(0.1) - 0.9 * logarithm
            case .mixture: return log(p * logarithm + 1 - p) - 2 * log(-logarithm) - logarithm
            }
        }
    }

    private static let version: Int64 = 1

    package let arguments: AnomalyFunctionArguments
    package let bet: Bet
    private var history: KernelHistory
    /// Ring of the last bets' logarithms; once full, `next` is the oldest.
    private var bets: [Double] = []
    private var next = 0
    private var logarithm = 0.0
    /// Events until another change may be told.
    private var pause = 0

    /// - Throws: the argument that is out of range.
    package init(confidence: Double, history: Int, bet: Bet = .power) throws(AnomalyFunctionError) {
        self.arguments = try AnomalyFunctionArguments(confidence: confidence, history: history)
        self.bet = bet
        self.history = KernelHistory(capacity: history)
    }

    /// Judges the next event and takes it into the history.
    ///
    /// - Parameter value: The event's scalar.
    /// - Returns: The martingale, at most the largest finite number, and whether the series has changed; `nil` for NaN and
    ///   infinities, which are passed over.
    package mutating func observe(_ value: Double) -> AnomalyFunctionResult? {
        guard value.isFinite else { return nil }
        let bounded = min(max(value, -KernelHistory.magnitudeMax), KernelHistory.magnitudeMax)
        let update = self.bet.logarithm(self.history.significance(of: bounded, mode: .spikesAndDips))
        self.history.append(bounded)
        self.push(update)
        let limit = Double(self.arguments.history) * self.bet.logarithm(self.arguments.significance)
        let isOver = self.history.isFull && self.logarithm >= limit
        let isAnomaly = isOver && self.pause == 0
        if isAnomaly { self.pause = self.arguments.history }
        self.pause = max(self.pause - 1, 0)
        return AnomalyFunctionResult(score: min(exp(self.logarithm), .greatestFiniteMagnitude), isAnomaly: isAnomaly)
    }

    private mutating func push(_ update: Double) {
        guard !self.bets.isEmpty else {
            self.bets = [Double](repeating: update, count: self.arguments.history)
            self.logarithm = Double(self.arguments.history) * update
            return
        }
        self.logarithm += update - self.bets[self.next]
        self.bets[self.next] = update
        self.next += 1
        if self.next == self.bets.count {
            self.next = 0
            self.logarithm = self.bets.reduce(0, +)  // ends what rounding has added up
        }
    }
}

extension ChangePoint {
    /// Writes all that ``observe(_:)`` depends on.
    package func snapshot(into state: inout StateWriter) {
        state.write(ChangePoint.version)
        self.arguments.snapshot(into: &state)
        state.write(Array(self.bet.rawValue.utf8))
        self.history.snapshot(into: &state)
        state.write(self.bets)
        state.write(self.next)
        state.write(self.logarithm)
        state.write(self.pause)
    }

    /// Reads what ``snapshot(into:)`` wrote.
    ///
    /// - Throws: the fault's place, when the bytes end early or say what cannot be.
    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        guard try state.readInt64() == ChangePoint.version else { throw state.fault }
        self.arguments = try AnomalyFunctionArguments(restoring: &state)
        guard let bet = Bet(rawValue: String(decoding: try state.readBytes(), as: UTF8.self)) else { throw state.fault }
        self.bet = bet
        self.history = try KernelHistory(restoring: &state, capacities: self.arguments.history...self.arguments.history)
        self.bets = try state.readDoubles()
        let next = try state.readInt64()
        self.logarithm = try state.readDouble()
        let pause = try state.readInt64()
        let history = self.arguments.history
        guard self.bets.isEmpty || self.bets.count == history, self.bets.allSatisfy({ $0.isFinite }),
            (0..<Int64(history)).contains(next), self.logarithm.isFinite, (0...Int64(history)).contains(pause)
        else { throw state.fault }
        self.next = Int(next)
        self.pause = Int(pause)
    }
}
