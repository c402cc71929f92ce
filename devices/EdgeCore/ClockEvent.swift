import TelemetryModel

/// A step of the clock as a reading of the kind `event`, for whoever looks at the dates around it.
///
/// ```json
/// {"ts":"2026-11-21T04:33:00.123Z","event":"clockStepped","stepMilliseconds":3600000,"source":"kernel"}
/// ```
/// `ts` is the time after the step. A board that learns the time says by how much its own clock was wrong as
/// `clockCorrected`, when that is a second or more.
package enum ClockEvent {
    private static let correctionMin: Duration = .seconds(1)

    /// What is said of an event; nothing of what is no step.
    ///
    /// - Parameters:
    ///   - event: What the clock says.
    ///   - instant: When it was noticed.
    /// - Returns: The reading, not numbered yet.
    package static func reading(_ event: BootClock.Event, at instant: BootInstant) -> Reading? {
        switch event {
        case .stepped(let step, let source):
            return self.reading("clockStepped", step, source, at: instant)
        case .trusted(let source, let correction):
            guard max(correction, .zero - correction) >= self.correctionMin else { return nil }
            return self.reading("clockCorrected", correction, source, at: instant)
        case .sourceChanged, .systemStepped, .implausible:
            return nil
        }
    }

    private static func reading(
        _ name: String,
        _ step: Duration,
        _ source: BootClock.Source,
        at instant: BootInstant
    ) -> Reading {
        let text =
            #","event":"\#(name)","stepMilliseconds":\#(step.wholeMilliseconds),"source":"\#(source.rawValue)"}"#
        return Reading(kind: .event, instant: instant, body: Array(text.utf8))
    }
}
