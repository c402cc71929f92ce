import EdgeCore

/// `weir-agent check`: looks at everything the agent needs, reads each sensor once, and says what it found, line by line.
///
/// Changes nothing and does not log in: the agent that runs keeps its connection.
struct CheckCommand {
    let configurationFile: String
    let printsJSON: Bool

    /// - Returns: Whether nothing failed; warnings are no failure.
    func run() -> Bool {
        var isGood = true
        func report(_ findings: [CheckFinding]) {
            for finding in findings {
                if finding.status == .failure { isGood = false }
                if self.printsJSON {
                    StandardOutput.write(finding.json + [0x0A])
                } else {
                    StandardOutput.write(line: finding.text)
                }
            }
        }
        let file = self.configurationFile
        let configuration: AgentConfiguration
        do throws(ConfigurationFaults) {
            configuration = try ConfigurationFile.load(file)
        } catch {
            report(error.faults.map { .failure("configuration", "\($0)") })
            return false
        }
        report([.pass("configuration", file)])
        report(PermissionCheck.findings(configuration, file: file))
        let clock = SystemClock()
        report([ClockCheck.finding(configuration, look: clock.look())])
        let login = LoginCheck(configuration, file: file)
        report(login.findings)
        report(CertificateCheck.findings(configuration, now: clock.wallTime))
        if let address = login.address {
            report(GatewayCheck(configuration, address: address, clock: clock).findings())
        }
        report([DiskCheck.finding(configuration)])
        for sensors in SensorFactory.buses(of: configuration.sensors) { report(SensorCheck.findings(of: sensors)) }
        return isGood
    }
}
