/// Why a sensor gave no value: one word for logs, telemetry and tests, and a sentence for the person who fixes it.
package struct SensorFault: Error, Equatable, Sendable {
    /// The vocabulary of faults; the raw value is the word as it is written everywhere.
    package enum Reason: String, CaseIterable, Sendable {
        case nack
        case notReady = "not_ready"
        case crc
        case timeout
        case arbitration
        case busError = "bus_error"
        case adapterGone = "adapter_gone"
        case claimed
        case permission
        case wrongChip = "wrong_chip"
        case notCalibrated = "not_calibrated"
        case heaterOn = "heater_on"
        case outOfRange = "out_of_range"
        case stuck
        case noReply = "no_reply"
        case badFrame = "bad_frame"
        case exception
        case wrongUnit = "wrong_unit"
        case unplugged
        case parse
    }

    package var reason: Reason
    /// What was seen and what to do about it; empty when the reason says it all.
    package var detail: String

    package init(_ reason: Reason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    /// Whether measuring again at once can help. What a person has to fix is reported instead and probed rarely.
    package var isRetryable: Bool {
        switch self.reason {
        case .wrongChip, .claimed, .permission, .adapterGone, .unplugged, .heaterOn: false
        case .nack, .notReady, .crc, .timeout, .arbitration, .busError, .notCalibrated, .outOfRange, .stuck, .noReply,
            .badFrame, .exception, .wrongUnit, .parse:
            true
        }
    }
}

extension SensorFault: CustomStringConvertible {
    package var description: String {
        self.detail.isEmpty ? self.reason.rawValue : "\(self.reason.rawValue): \(self.detail)"
    }
}
