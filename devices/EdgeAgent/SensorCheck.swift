import EdgeCore
import Glibc
import SensorKit
import TelemetryJSON

/// `weir-agent check`: looks at everything the agent needs, reads each sensor once, and says what it found.
struct SensorCheck {
    private enum Status: String {
        case pass = "ok"
        case warning
        case failure

        var mark: String {
            switch self {
            case .pass: "✓"
            case .warning: "!"
            case .failure: "✗"
            }
        }
    }

    /// One line of the result.
    private struct Finding {
        var check: String
        var name = ""
        var status: Status
        var detail: String
        var channels: [TelemetryBody.Channel] = []
    }

    let configurationFile: String
    let printsJSON: Bool

    /// - Returns: Whether nothing failed; warnings are no failure.
    func run() -> Bool {
        var isGood = true
        func report(_ finding: Finding) {
            if finding.status == .failure { isGood = false }
            self.print(finding)
        }
        let configuration: AgentConfiguration
        do throws(ConfigurationFaults) {
            configuration = try ConfigurationFile.load(self.configurationFile)
        } catch {
            for fault in error.faults {
                report(Finding(check: "configuration", status: .failure, detail: "\(fault)"))
            }
            return false
        }
        report(Finding(check: "configuration", status: .pass, detail: self.configurationFile))
        report(self.connection(configuration))
        if configuration.tls.enabled { report(self.authorities(configuration)) }
        for sensors in SensorFactory.buses(of: configuration.sensors) {
            for finding in self.findings(of: sensors) { report(finding) }
        }
        return isGood
    }

    private func connection(_ configuration: AgentConfiguration) -> Finding {
        if let missing = self.missingConnection(configuration) {
            return Finding(check: "connection", status: .warning, detail: missing)
        }
        do throws(ConfigurationFaults) {
            let connection = try ConfigurationFile.connectionString(
                of: configuration,
                file: self.configurationFile,
                variable: ProcessEnvironment.value(of: AgentConfiguration.connectionStringVariable)
            )
            let address = try GatewayAddress(configuration, connection: connection, file: self.configurationFile)
            do throws(TokenSigner.Fault) {
                _ = try Login(connection, address: address)
            } catch {
                return Finding(check: "connection", status: .failure, detail: error.message)
            }
            let detail = "device \(connection.identity) at \(address.host):\(address.port)"
            return Finding(check: "connection", status: .pass, detail: detail)
        } catch {
            let detail = error.faults.map(\.description).joined(separator: "; ")
            return Finding(check: "connection", status: .failure, detail: detail)
        }
    }

    /// A device that is not registered yet: `run` needs a connection string, but its sensors can be tried without.
    private func missingConnection(_ configuration: AgentConfiguration) -> String? {
        let variable = AgentConfiguration.connectionStringVariable
        guard ProcessEnvironment.value(of: variable) == nil, configuration.connection.text == nil else { return nil }
        guard let file = configuration.connection.file else {
            return "no connection string yet; `run` needs connection.connectionStringFile or \(variable)"
        }
        return access(file, F_OK) == 0 ? nil : "no file \(file) yet; `run` needs the device's connection string in it"
    }

    private func authorities(_ configuration: AgentConfiguration) -> Finding {
        guard let file = configuration.tls.files.caFile else {
            return Finding(check: "tls", status: .pass, detail: "trusts the operating system's authorities")
        }
        guard access(file, R_OK) == 0 else {
            let detail = "cannot read tls.caFile \(file): \(LinuxError.text(errno))"
            return Finding(check: "tls", status: .failure, detail: detail)
        }
        return Finding(check: "tls", status: .pass, detail: "trusts \(file)")
    }

    /// How long sensors that measure by themselves are waited for.
    private static let patience: Duration = .seconds(12)

    /// Samples once; sensors that measure by themselves and had nothing yet again, until each has said something.
    private func outcomes(of sensors: [SensorConfiguration]) -> [SensorGroup.Outcome] {
        let clock = SystemClock()
        var group = SensorFactory.group(of: sensors, clock: clock)
        var outcomes = group.sample(Array(sensors.indices))
        let deadline = clock.now + Self.patience
        while outcomes.count < sensors.count, clock.now < deadline {
            clock.sleep(for: .milliseconds(250))
            let silent = sensors.indices.filter { sensor in !outcomes.contains { $0.sensor == sensor } }
            outcomes += group.sample(silent)
        }
        return outcomes.sorted { $0.sensor < $1.sensor }
    }

    private func findings(of sensors: [SensorConfiguration]) -> [Finding] {
        self.outcomes(of: sensors).map { outcome in
            let sensor = sensors[outcome.sensor]
            let channels = SensorFactory.channels(of: [outcome], sensors: sensors)
            var finding = Finding(
                check: "sensor",
                name: sensor.name,
                status: .pass,
                detail: sensor.place,
                channels: channels
            )
            if let fault = outcome.fault {
                finding.status = channels.contains { $0.reading.value != nil } ? .warning : .failure
                finding.detail += ", \(fault)"
            }
            return finding
        }
    }

    private func print(_ finding: Finding) {
        if self.printsJSON {
            StandardOutput.write(self.json(finding) + [0x0A])
            return
        }
        var line = "\(finding.status.mark) \(finding.check)"
        if !finding.name.isEmpty { line += " \(finding.name)" }
        line += ": \(finding.detail)"
        for channel in finding.channels {
            guard let value = channel.reading.value, let text = HundredthsText.text(of: value) else { continue }
            line += ", \(channel.name) \(text) \(channel.reading.quantity.unit)"
        }
        StandardOutput.write(line: line)
    }

    private func json(_ finding: Finding) -> [UInt8] {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.key("check")
        writer.string(finding.check)
        if !finding.name.isEmpty {
            writer.key("name")
            writer.string(finding.name)
        }
        writer.key("status")
        writer.string(finding.status.rawValue)
        writer.key("detail")
        writer.string(finding.detail)
        if finding.check == "sensor" {
            writer.key("values")
            writer.beginObject()
            for channel in finding.channels {
                guard let value = channel.reading.value, let text = HundredthsText.text(of: value) else { continue }
                writer.key(channel.name)
                writer.number(verbatim: text)
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}
