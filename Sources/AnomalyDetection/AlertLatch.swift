package import TelemetryModel

/// The life of one series' alerts: however many values an event spans, it opens one alert and ends it once.
///
/// ```
///            outside                     `clearCount` inside in a row → clear(.returned)
///   armed ─────────────► open ─────────► `relearnCount` outside       → clear(.newNormal)
///     ▲                  │  └ deviation × `worseFactor` → worsen          │
///     └──────────────────┴───────────────────────────────────────────────┘
/// ```
/// The band of an open alert is frozen, so that the event cannot widen it.
package struct AlertLatch: Equatable, Sendable {
    /// Why an alert ended.
    package enum ClearReason: Equatable, Sendable {
        /// The values are back inside the band.
        case returned
        /// The values have stayed outside so long that they are what is normal now.
        case newNormal
    }

    package enum Action: Equatable, Sendable {
        /// The value is as expected and may be learned from.
        case learn
        /// An alert begins with this value.
        case open
        /// Nothing to say; the value belongs to the event and must not be learned from.
        case hold
        /// The open alert's deviation has grown so much that it is worth saying again.
        case worsen
        /// The alert ends with this value.
        case clear(ClearReason)
    }

    /// An alert that has begun and not ended.
    package struct OpenAlert: Equatable, Sendable {
        package var band: ExpectedBand
        package var openedAt: Timestamp
        package var origin: AlertOrigin
        /// Values since it opened, the first included.
        package var count = 1
        package var worst: Double
        var reportedDeviation: Double
        var insideRun = 0
        var outsideCount = 1
    }

    /// The open alert; `nil` while armed.
    package private(set) var open: OpenAlert?

    package init() {}

    /// Decides what a value means.
    ///
    /// - Parameters:
    ///   - value: The new value.
    ///   - time: Its instant.
    ///   - band: What was expected; not used while an alert is open.
    ///   - origin: What an alert that opens now is known by.
    ///   - settings: The limits in the drawing above.
    /// - Returns: What the caller must do.
    package mutating func observe(
        _ value: Double,
        at time: Timestamp,
        band: ExpectedBand,
        origin: AlertOrigin,
        settings: SpikeSettings
    ) -> Action {
        guard var alert = self.open else {
            guard !band.contains(value) else { return .learn }
            self.open = OpenAlert(
                band: band,
                openedAt: time,
                origin: origin,
                worst: value,
                reportedDeviation: band.deviation(of: value)
            )
            return .open
        }
        alert.count += 1
        let deviation = alert.band.deviation(of: value)
        if alert.band.contains(value) {
            alert.insideRun += 1
            guard alert.insideRun < settings.clearCount else {
                self.open = nil
                return .clear(.returned)
            }
            self.open = alert
            return .learn
        }
        alert.insideRun = 0
        alert.outsideCount += 1
        if deviation > alert.band.deviation(of: alert.worst) { alert.worst = value }
        guard alert.outsideCount < settings.relearnCount else {
            self.open = nil
            return .clear(.newNormal)
        }
        let isWorse = deviation >= alert.reportedDeviation * settings.worseFactor
        if isWorse { alert.reportedDeviation = deviation }
        self.open = alert
        return isWorse ? .worsen : .hold
    }
}

extension AlertLatch {
    package func write(to state: inout StateWriter) {
        state.write(self.open != nil)
        guard let alert = self.open else { return }
        alert.band.write(to: &state)
        state.write(alert.openedAt.milliseconds)
        state.write(alert.origin.partition)
        state.write(alert.origin.offset)
        state.write(alert.origin.ordinal)
        state.write(alert.count)
        state.write(alert.worst)
        state.write(alert.reportedDeviation)
        state.write(alert.insideRun)
        state.write(alert.outsideCount)
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        guard try state.readBool() else { return }
        var alert = OpenAlert(
            band: try ExpectedBand(reading: &state),
            openedAt: Timestamp(milliseconds: try state.readInt64()),
            origin: AlertOrigin(
                partition: Int(try state.readInt64()),
                offset: try state.readInt64(),
                ordinal: Int(try state.readInt64())
            ),
            worst: 0,
            reportedDeviation: 0
        )
        alert.count = Int(try state.readInt64())
        alert.worst = try state.readDouble()
        alert.reportedDeviation = try state.readDouble()
        alert.insideRun = Int(try state.readInt64())
        alert.outsideCount = Int(try state.readInt64())
        let counts = 0...(1 << 48)
        guard counts.contains(alert.count), counts.contains(alert.insideRun), counts.contains(alert.outsideCount)
        else { throw state.fault }
        self.open = alert
    }
}
