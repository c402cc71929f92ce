/// One quantity of one measurement: a value with its quality, or a reason why there is none.
package struct ChannelReading: Equatable, Sendable {
    /// A failed reading has no number at all, so it can never be published as one.
    package enum Outcome: Equatable, Sendable {
        /// The value in the quantity's unit.
        case good(Double)
        /// A value that is published with a flag.
        case suspect(Double, SensorFault.Reason)
        /// No value.
        case bad(SensorFault.Reason)
    }

    package var quantity: Quantity
    package var outcome: Outcome
    /// The chip's own bits before conversion, to tell a stuck chip from steady air; `nil` when the source has none.
    package var raw: UInt32?

    package init(_ quantity: Quantity, _ outcome: Outcome, raw: UInt32? = nil) {
        self.quantity = quantity
        self.outcome = outcome
        self.raw = raw
    }

    /// The value when there is one, good or suspect.
    package var value: Double? {
        switch self.outcome {
        case .good(let value), .suspect(let value, _): value
        case .bad: nil
        }
    }

    /// A reading that is good inside `range` and `bad` / `out_of_range` outside it or when it is no number.
    package static func checked(
        _ quantity: Quantity,
        _ value: Double,
        in range: ClosedRange<Double>,
        raw: UInt32? = nil
    ) -> ChannelReading {
        ChannelReading(quantity, range.contains(value) ? .good(value) : .bad(.outOfRange), raw: raw)
    }
    /// The reading with a calibration offset added; humidity is clipped to 0…100 %RH after that.
    ///
    /// The formulas of several chips leave that range a little in very dry or very damp air, which is no fault: sensors
    /// contract, rules 10 and 11.
    package func calibrated(by offset: Double = 0) -> ChannelReading {
        func corrected(_ value: Double) -> Double {
            let sum = value + offset
            return self.quantity == .humidity ? min(max(sum, 0), 100) : sum
        }
        var reading = self
        switch self.outcome {
        case .good(let value): reading.outcome = .good(corrected(value))
        case .suspect(let value, let reason): reading.outcome = .suspect(corrected(value), reason)
        case .bad: break
        }
        return reading
    }
}
