package import TelemetryModel

/// `AnomalyDetection_SpikeAndDip(value, confidence, history, mode)` of Azure Stream Analytics for one partition.
///
/// The p-value of an event is the share of the history's kernel density (``KernelHistory``) that lies beyond it; at or below
/// 1 − confidence/100 it is an anomaly, once the history is full, the event itself included. Anomalies are learned like all
/// events. A confidence of 95 calls about a tenth of pure noise an anomaly: use ``SeriesDetector`` where Azure's results are not wanted.
package struct SpikeAndDip: Equatable, Sendable {
    /// Which side of the history is looked at.
    package enum Mode: String, Equatable, Sendable, CaseIterable {
        case spikes
        case dips
        case spikesAndDips = "spikesanddips"

        /// - Throws: `mode` when the name, whatever its case, is none of the three.
        package init(name: String) throws(AnomalyFunctionError) {
            guard let mode = Mode(rawValue: name.lowercased()) else { throw .mode(name) }
            self = mode
        }
    }

    private static let version: Int64 = 1

    package let arguments: AnomalyFunctionArguments
    package let mode: Mode
    private var history: KernelHistory

    /// - Throws: the argument that is out of range.
    package init(confidence: Double, history: Int, mode: Mode) throws(AnomalyFunctionError) {
        self.arguments = try AnomalyFunctionArguments(confidence: confidence, history: history)
        self.mode = mode
        self.history = KernelHistory(capacity: history)
    }

    /// Judges the next event and takes it into the history.
    ///
    /// - Parameter value: The event's scalar.
    /// - Returns: The p-value and whether it is an anomaly; `nil` for NaN and infinities, which are passed over.
    package mutating func observe(_ value: Double) -> AnomalyFunctionResult? {
        guard value.isFinite else { return nil }
        let bounded = min(max(value, -KernelHistory.magnitudeMax), KernelHistory.magnitudeMax)
        let score = self.history.significance(of: bounded, mode: self.mode)
        self.history.append(bounded)
        let isAnomaly = self.history.isFull && score <= self.arguments.significance
        return AnomalyFunctionResult(score: score, isAnomaly: isAnomaly)
    }
}

extension KernelHistory {
    /// The p-value of an event, never exactly 0 or 1.
    func significance(of value: Double, mode: SpikeAndDip.Mode) -> Double {
        let above = self.shareAbove(value)
        let share =
            switch mode {
            case .spikes: above
            case .dips: 1 - above
            case .spikesAndDips: min(above, 1 - above)
            }
        let smallest = AnomalyFunctionArguments.significanceMin
        return min(max(share, smallest), 1 - smallest)
    }
}

extension SpikeAndDip {
    /// Writes all that ``observe(_:)`` depends on.
    package func snapshot(into state: inout StateWriter) {
        state.write(SpikeAndDip.version)
        self.arguments.snapshot(into: &state)
        state.write(Array(self.mode.rawValue.utf8))
        self.history.snapshot(into: &state)
    }

    /// Reads what ``snapshot(into:)`` wrote.
    ///
    /// - Throws: the fault's place, when the bytes end early or say what cannot be.
    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        guard try state.readInt64() == SpikeAndDip.version else { throw state.fault }
        self.arguments = try AnomalyFunctionArguments(restoring: &state)
        guard let mode = Mode(rawValue: String(decoding: try state.readBytes(), as: UTF8.self)) else {
            throw state.fault
        }
        self.mode = mode
        self.history = try KernelHistory(restoring: &state, capacities: self.arguments.history...self.arguments.history)
    }
}
