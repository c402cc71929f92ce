package import SensorKit

/// How a sensor is doing, for reported properties, health and `getDiagnostics`.
package struct SensorStatus: Equatable, Sendable {
    package enum State: String, Sendable {
        /// Not sampled yet.
        case new
        case working
        /// Samples fail; it is tried at every interval.
        case failing
        /// It is only probed now and then.
        case unavailable
    }

    package private(set) var state = State.new
    /// Why it is failing or unavailable; `nil` while it is neither.
    package private(set) var fault: SensorFault?
    /// Samples asked of it since the start.
    package private(set) var samples = 0
    /// Samples without a value, or with a bad one.
    package private(set) var errors = 0

    package init() {}

    /// A sample's outcome.
    ///
    /// - Returns: Whether state or reason are others than before.
    package mutating func sampled(_ outcome: SensorGroup.Outcome) -> Bool {
        self.samples += 1
        if outcome.fault != nil { self.errors += 1 }
        let before = (self.state, self.fault?.reason)
        switch outcome.change {
        case .failing: self.state = .failing
        case .unavailable: self.state = .unavailable
        case .recovered: self.state = .working
        case .none: if outcome.readings.contains(where: { $0.value != nil }) { self.state = .working }
        }
        switch self.state {
        case .new, .working: self.fault = nil
        case .failing, .unavailable: self.fault = outcome.fault ?? self.fault
        }
        return before != (self.state, self.fault?.reason)
    }
}
