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

    /// When measuring again can help.
    package enum Retry: Equatable, Sendable {
        case atOnce
        /// Not in this sampling period: the time is needed for others, or nothing has changed yet.
        case nextSample
        /// When a person has mended something; until then it is reported once and probed rarely.
        case afterRepair
    }

    package var reason: Reason
    /// What was seen and what to do about it; empty when the reason says it all.
    package var detail: String
    package var retry: Retry

    /// `retry` is what is usual for the reason when it is `nil`.
    package init(_ reason: Reason, _ detail: String = "", retry: Retry? = nil) {
        self.reason = reason
        self.detail = detail
        self.retry = retry ?? Self.retry(after: reason)
    }

    private static func retry(after reason: Reason) -> Retry {
        switch reason {
        case .wrongChip, .claimed, .permission, .adapterGone, .unplugged: .afterRepair
        case .heaterOn: .nextSample
        case .nack, .notReady, .crc, .timeout, .arbitration, .busError, .notCalibrated, .outOfRange, .stuck, .noReply,
            .badFrame, .exception, .wrongUnit, .parse:
            .atOnce
        }
    }
}

extension SensorFault: CustomStringConvertible {
    package var description: String {
        self.detail.isEmpty ? self.reason.rawValue : "\(self.reason.rawValue): \(self.detail)"
    }
}
