internal import TelemetryModel

/// What all detectors said about one reading: the worst of it, and who took part.
package struct HealthFindings: Equatable, Sendable {
    /// The abnormal finding with the highest score, else the normal one with the highest.
    package private(set) var worst: HealthFinding?
    /// A bit per detector that is abnormal, by its raw value.
    private(set) var abnormal: UInt16 = 0

    package init() {}

    init(worst: HealthFinding?, abnormal: UInt16, severity: AlertSeverity) {
        self.worst = worst
        self.abnormal = abnormal
        self.severity = severity
    }

    /// Whether any detector is abnormal.
    package var isAbnormal: Bool { self.abnormal != 0 }

    /// The highest severity of any abnormal finding; it may be another one than the worst.
    package private(set) var severity = AlertSeverity.information

    /// The detectors that are abnormal.
    package var detectors: [HealthDetector] { HealthFindings.detectors(in: self.abnormal) }

    func contains(_ detector: HealthDetector) -> Bool {
        self.abnormal & HealthFindings.bit(detector) != 0
    }

    mutating func add(_ finding: HealthFinding?) {
        guard let finding else { return }
        if finding.isAbnormal {
            self.abnormal |= HealthFindings.bit(finding.detector)
            self.severity = max(self.severity, finding.severity)
        }
        guard let worst = self.worst, finding.score <= worst.score else {
            self.worst = finding
            return
        }
    }

    static func bit(_ detector: HealthDetector) -> UInt16 { 1 << UInt16(detector.rawValue) }

    static func detectors(in bits: UInt16) -> [HealthDetector] {
        HealthDetector.allCases.filter { bits & HealthFindings.bit($0) != 0 }
    }
}

extension HealthFindings {
    func snapshot(into state: inout StateWriter) {
        state.write(Int(self.abnormal))
        state.write(self.worst != nil)
        self.worst?.snapshot(into: &state)
        state.write(self.severity.rawValue)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let bits = UInt16(try state.readTally(atMost: (1 << HealthDetector.allCases.count) - 1))
        let worst = try state.readBool() ? try HealthFinding(restoring: &state) : nil
        self.init(worst: worst, abnormal: bits, severity: try state.readCase())
    }
}
