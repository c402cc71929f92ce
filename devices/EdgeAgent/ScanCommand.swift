import EdgeCore
import Glibc
import SensorKit
import TelemetryJSON

/// `weir-agent scan`: names what is attached to this board, without changing it: chips on I2C, sensors of kernel drivers,
/// serial ports. Needs no configuration, and says what to write into one.
struct ScanCommand {
    /// One line of the result.
    private struct Finding {
        var kind: String
        /// Device file, folder or port.
        var place: String
        var address: String?
        var found: String
        /// What a sensor in the configuration would begin with; `nil`: nothing the agent can read as it is.
        var configuration: String?
        var isFault = false
    }

    private static let portPrefixes = ["ttyUSB", "ttyACM", "ttyAMA", "rfcomm"]
    private static let portFolders = ["/dev/serial/by-id", "/dev/serial/by-path"]

    /// I2C adapters to look at; empty: all there are, and everything else.
    private let wanted: [String]
    private let printsJSON: Bool
    private let files = LinuxSysfs()

    init(adapters: [String], printsJSON: Bool) {
        self.wanted = adapters
        self.printsJSON = printsJSON
    }

    /// - Returns: Whether every adapter could be asked.
    func run() -> Bool {
        var isGood = true
        var count = 0
        func report(_ finding: Finding) {
            count += 1
            if finding.isFault { isGood = false }
            self.print(finding)
        }
        for adapter in self.wanted.isEmpty ? self.adapters() : self.wanted {
            for finding in self.findings(on: adapter) { report(finding) }
        }
        guard self.wanted.isEmpty else { return isGood }
        for finding in KernelScan.findings(in: self.files) {
            let quantities = finding.quantities.map(\.rawValue).joined(separator: ", ")
            report(
                Finding(
                    kind: "kernel",
                    place: finding.path,
                    found: "\(finding.name) (\(quantities))",
                    configuration: finding.configuration
                )
            )
        }
        for finding in self.ports() { report(finding) }
        if count == 0, !self.printsJSON {
            StandardOutput.write(line: "nothing found: no I2C adapter, sensor or serial port")
        }
        return isGood
    }

    /// The I2C adapters, by number.
    private func adapters() -> [String] {
        self.files.list("/dev").compactMap { name in name.hasPrefix("i2c-") ? Int(name.dropFirst(4)) : nil }
            .sorted().map { "/dev/i2c-\($0)" }
    }

    private func findings(on adapter: String) -> [Finding] {
        let found: [I2CScan.Finding]
        do throws(SensorFault) {
            found = try I2CScan.findings(on: LinuxI2CBus(path: adapter), clock: SystemClock())
        } catch {
            return [Finding(kind: "i2c", place: adapter, found: "\(error)", isFault: true)]
        }
        guard !found.isEmpty else { return [Finding(kind: "i2c", place: adapter, found: "nothing answers")] }
        return found.map { finding in
            let what: String
            switch finding.what {
            case .chip(let title): what = title
            case .stranger(let names):
                what = names.isEmpty ? "an unknown chip" : "an unknown chip, none of \(names.joined(separator: ", "))"
            case .claimed:
                let driver = KernelScan.driver(at: finding.address, of: adapter, in: self.files)
                what = "claimed by a kernel driver\(driver.map { ", \($0)" } ?? "")"
            }
            return Finding(
                kind: "i2c",
                place: adapter,
                address: Self.hex(finding.address),
                found: what,
                configuration: finding.configuration(adapter: adapter)
            )
        }
    }

    /// Serial ports by the names that stay, each once; none is opened, for that would restart an Arduino.
    private func ports() -> [Finding] {
        var findings: [Finding] = []
        var seen: Set<String> = []
        let named = Self.portFolders.flatMap { folder in self.files.list(folder).map { "\(folder)/\($0)" } }
        let plain = self.files.list("/dev").filter { name in Self.portPrefixes.contains { name.hasPrefix($0) } }
        for path in named + plain.map({ "/dev/\($0)" }) {
            let device = self.files.canonicalPath(path) ?? path
            guard seen.insert(device).inserted else { continue }
            let found = device == path ? "serial port" : "serial port, now \(device)"
            findings.append(Finding(kind: "serial", place: path, found: found, configuration: "port: \(path)"))
        }
        return findings
    }

    private func print(_ finding: Finding) {
        guard self.printsJSON else {
            let place = [finding.place, finding.address].compactMap { $0 }.joined(separator: " ")
            StandardOutput.write(line: "\(place)  \(finding.found)")
            if let configuration = finding.configuration { StandardOutput.write(line: "    \(configuration)") }
            return
        }
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        let members = [
            ("kind", finding.kind), ("place", finding.place), ("address", finding.address), ("found", finding.found),
            ("configuration", finding.configuration),
        ]
        for (key, value) in members {
            guard let value else { continue }
            writer.key(key)
            writer.string(value)
        }
        writer.key("failed")
        writer.bool(finding.isFault)
        writer.endObject()
        StandardOutput.write(writer.bytes + [0x0A])
    }

    private static func hex(_ address: UInt8) -> String {
        let digits = String(address, radix: 16)
        return digits.count == 1 ? "0x0\(digits)" : "0x\(digits)"
    }
}
