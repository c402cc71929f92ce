internal import TelemetryModel

/// The one English sentence of an alert, made of a finding's numbers.
struct HealthSentence {
    let device: String
    /// `nil` for what is about the device as a whole.
    let channel: ChannelModel?
    let finding: HealthFinding

    /// The sentence for what happened.
    func text(_ action: AlertAction, openedAt: Timestamp, at now: Timestamp) -> String {
        switch action {
        case .none, .opened:
            "\(self.description)."
        case .reopened:
            "Again, \(self.description)."
        case .worsened:
            "It got worse: \(self.description)."
        case .reminded:
            "Still so since \(openedAt): \(self.description)."
        case .cleared(.returned):
            "\(self.subject) is as expected again since \(now); at its worst, \(self.description)."
        case .cleared(.newNormal):
            "What \(self.subject) does has lasted since \(openedAt) and is taken as normal now; at its worst, \(self.description)."
        case .acknowledged:
            "An operator has seen that \(self.description)."
        case .silenced:
            "An operator wants to hear nothing more about \(self.subject) for now."
        case .unsilenced:
            "The silence about \(self.subject) has ended; \(self.description)."
        }
    }

    private var subject: String {
        self.channel.map { "\($0.name) of \(self.device)" } ?? self.device
    }

    private var description: String {
        let seen = self.finding.seen
        let (low, high) = (self.finding.expected.low, self.finding.expected.high)
        switch self.finding.measure {
        case .value where self.finding.detector == .outOfRange:
            return "\(self.subject) reads \(self.unit(seen)), outside of what is possible, \(self.range)"
        case .value:
            return "\(self.subject) reads \(self.unit(seen)) and stays away from the \(self.range) "
                + "that is usual"
        case .step:
            return "\(self.subject) changed by \(self.unit(seen)) from one reading to the next, "
                + "where at most \(self.unit(high)) is usual"
        case .fiveMinuteChange:
            return "\(self.subject) changed by \(self.unit(seen)) within five minutes, "
                + "where at most \(self.unit(high)) is usual"
        case .equalReadings:
            return "\(self.subject) has read the same \(self.whole(seen)) times, "
                + "where at most \(self.whole(high)) times is usual"
        case .backAndForth:
            return "\(self.subject) goes back and forth by \(self.unit(seen)), "
                + "where at most \(self.unit(high)) is usual"
        case .driftFromUsual:
            return "\(self.subject) creeps away: its last hour was \(self.unit(abs(seen))) "
                + "\(seen < 0 ? "below" : "above") what is usual, where \(self.unit(high)) is usual for long"
        case .differenceFromPeers:
            return "\(self.subject) differs from its peers by \(self.unit(seen)), where \(self.range) is usual"
        case .driftFromPeers:
            return "\(self.subject) creeps away from its peers: its last hour was \(self.unit(abs(seen))) "
                + "\(seen < 0 ? "below" : "above") the usual difference"
        case .dewPointChange:
            return "temperature and humidity of \(self.device) cannot both be true: the dew point moved by "
                + "\(self.number(seen)) °C with the temperature, where it would stay within \(self.number(high)) °C"
        case .quietSeconds:
            return "\(self.device) has said nothing for \(HealthSentence.duration(seen)), where at most "
                + "\(HealthSentence.duration(high)) is usual"
        case .batteryDays:
            return "\(self.subject) will reach its limit in \(DecimalText.text(seen, decimals: 1)) days; "
                + "less than \(self.whole(low)) is an alert"
        case .batteryLevel:
            return "\(self.subject) is at \(self.unit(seen)), its limit is \(self.unit(low))"
        case .secondsBack:
            return "the clock of \(self.device) went back by \(HealthSentence.duration(seen))"
        case .secondsAhead where seen > high:
            return "the clock of \(self.device) is ahead by \(HealthSentence.duration(seen)), where at most "
                + "\(HealthSentence.duration(high)) is allowed"
        case .secondsAhead:
            return "the clock of \(self.device) was wrong"
        case .repeatedStamps:
            return "the clock of \(self.device) stands still: \(self.whole(seen)) readings "
                + "came with the stamp of another one"
        }
    }

    private var range: String {
        let (low, high) = (self.finding.expected.low, self.finding.expected.high)
        if low == -.infinity { return "at most \(self.unit(high))" }
        if high == .infinity { return "at least \(self.unit(low))" }
        return "\(self.number(low))…\(self.unit(high))"
    }

    private func unit(_ value: Double) -> String {
        let unit = self.channel?.unit ?? ""
        return unit.isEmpty ? self.number(value) : "\(self.number(value)) \(unit)"
    }

    /// Two decimals more than tell the limit's tenth apart would be noise; none at all would hide a battery's fall.
    private func number(_ value: Double) -> String {
        let width = self.finding.expected.high - self.finding.expected.low
        let size = width.isFinite && width > 0 ? width : max(abs(value) / 10, 1e-3)
        return DecimalText.text(value, decimals: min(DecimalText.decimals(forWidth: size) + 1, 6))
    }

    private func whole(_ value: Double) -> String {
        DecimalText.text(value, decimals: 0)
    }

    private static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(DecimalText.text(seconds, decimals: seconds < 10 ? 1 : 0)) s"
        case ..<7_200: "\(DecimalText.text(seconds / 60, decimals: 0)) min"
        case ..<172_800: "\(DecimalText.text(seconds / 3_600, decimals: 1)) h"
        default: "\(DecimalText.text(seconds / 86_400, decimals: 1)) days"
        }
    }
}
