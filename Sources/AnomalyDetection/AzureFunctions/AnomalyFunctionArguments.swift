internal import TelemetryModel

/// The arguments that both of Azure's anomaly functions have, checked.
package struct AnomalyFunctionArguments: Equatable, Sendable {
    /// Events that a history may have.
    package static let histories = 2...65_536

    /// 1 to 100, in percent: the higher, the fewer anomalies.
    package let confidence: Double
    /// Events in the sliding history.
    package let history: Int

    /// - Throws: the argument that is out of range.
    package init(confidence: Double, history: Int) throws(AnomalyFunctionError) {
        guard confidence >= 1, confidence <= 100 else { throw .confidence(confidence) }
        guard AnomalyFunctionArguments.histories.contains(history) else { throw .history(history) }
        self.confidence = confidence
        self.history = history
    }

    /// The p-value at and below which an event is an anomaly; 10⁻⁸, the smallest there is, at a confidence of 100.
    var significance: Double {
        min(
            max(1 - self.confidence / 100, AnomalyFunctionArguments.significanceMin),
            1 - AnomalyFunctionArguments.significanceMin
        )
    }

    static let significanceMin = 1e-8
}

extension AnomalyFunctionArguments {
    func snapshot(into state: inout StateWriter) {
        state.write(self.confidence)
        state.write(self.history)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let confidence = try state.readDouble()
        let history = Int(truncatingIfNeeded: try state.readInt64())
        do throws(AnomalyFunctionError) {
            try self.init(confidence: confidence, history: history)
        } catch {
            throw state.fault
        }
    }
}
