/// The detectors of sensor health.
package enum HealthDetector: Int, CaseIterable, Sendable {
    case outOfRange
    case rateOfChange
    case stuckValue
    case noiseBurst
    case levelShift
    case slowDrift
    case peers
    case climate
    case silence
    case battery
    case clock

    /// The word of the records: `out-of-range`, …
    package var name: String {
        switch self {
        case .outOfRange: "out-of-range"
        case .rateOfChange: "rate-of-change"
        case .stuckValue: "stuck-value"
        case .noiseBurst: "noise-burst"
        case .levelShift: "level-shift"
        case .slowDrift: "slow-drift"
        case .peers: "peers"
        case .climate: "climate-consistency"
        case .silence: "silence"
        case .battery: "battery"
        case .clock: "clock"
        }
    }

    /// Grows whenever the same readings may give another verdict.
    package var version: Int { 1 }
}
