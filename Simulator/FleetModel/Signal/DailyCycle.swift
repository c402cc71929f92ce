/// A wave of one day: highest at its peak, lowest twelve hours later.
package struct DailyCycle: Equatable, Sendable {
    /// Half the distance from lowest to highest, in the channel's unit.
    package var amplitude: Double
    /// The hour of the day of the highest value, 0 ..< 24.
    package var peakHour: Double

    /// A cycle.
    package init(amplitude: Double, peakHour: Double) {
        self.amplitude = amplitude
        self.peakHour = peakHour
    }

    /// The distance from the mean.
    ///
    /// - Parameter hour: hours since midnight, of any day.
    /// - Returns: −amplitude … +amplitude.
    package func value(atHour hour: Double) -> Double {
        self.amplitude * DailyCycle.cosine(ofTurns: (hour - self.peakHour) / 24)
    }

    /// cos 2πx to 1e-12, from additions and multiplications only: bit for bit the same on every machine.
    package static func cosine(ofTurns turns: Double) -> Double {
        let part = abs(turns - turns.rounded())  // 0 ... 0.5
        let angle = 2 * Double.pi * (part > 0.25 ? 0.5 - part : part)
        let square = angle * angle
        var term = 1.0
        var sum = 1.0
        for index in 1...9 {
            term *= -square / Double((2 * index - 1) * 2 * index)
            sum += term
        }
        return part > 0.25 ? -sum : sum
    }
}
