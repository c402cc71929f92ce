import ArgumentParser
import Foundation
import Gateway
import GatewayClient
import Glibc
import UnixSignals

/// `weir demo`: a gateway, a simulated fleet and a real agent on this machine.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a gateway with a simulated fleet and an agent, and show what arrives.",
        discussion: """
            Listens on free loopback ports unless --set says otherwise. Ends with Ctrl-C or after --seconds, with a \
            summary; exit status 1 when an acknowledged reading is not in the log.
            """
    )

    @OptionGroup var options: GatewayOptions

    @Option(name: .customLong("data"), help: ArgumentHelp("The data folder; made when missing.", valueName: "dir"))
    var data = GatewayFolder.defaultPath

    @Option(help: ArgumentHelp("End after so many seconds, 1 to 86400. (default: Ctrl-C)", valueName: "n"))
    var seconds: Int?

    mutating func validate() throws {
        if let seconds, !(1...86_400).contains(seconds) {
            throw ValidationError("--seconds is \(seconds) but must be 1 to 86400.")
        }
    }

    func run() async throws {
        let quiet = [
            "mqtt.port=0", "mqtt.tlsPort=0", "mqtt.tlsHost=127.0.0.1", "http.port=0", "https.port=0",
            "https.host=127.0.0.1", "kafka.port=0", "logging.level=warning",
        ]
        let configuration = try self.options.configuration(standards: quiet)
        guard configuration.http != nil, configuration.mqtt != nil, configuration.mqttTLS != nil else {
            throw CommandFailure("the demo needs http.port, mqtt.port and mqtt.tlsPort on")
        }
        let demo = try Demo(data: self.data, console: .current)
        // Trapped before anything starts, so that Ctrl-C always ends all of it.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let gateway = try GatewayProcess(configuration: configuration, data: self.data).gateway
        let before = gateway.recordCounts
        let (ready, source) = AsyncStream<EndpointsFile>.makeStream()
        let counts = try await withThrowingTaskGroup(of: Demo.FleetCounts?.self) { group in
            group.addTask {
                defer { source.finish() }
                try await gateway.run(signals: []) { source.yield($0) }
                return nil
            }
            group.addTask { [seconds] in
                // Without an address the gateway has failed: its own error says why.
                guard let endpoints = await ready.first(where: { _ in true }) else { return nil }
                defer { gateway.stop() }
                return try await demo.run(endpoints: endpoints, seconds: seconds, signals: signals) {
                    await gateway.waitForStreams(atMost: .seconds(5))
                }
            }
            var counts: Demo.FleetCounts?
            for try await result in group { counts = counts ?? result }
            return counts
        }
        guard let counts else { throw CommandFailure("the demo ended before it began") }
        let after = gateway.recordCounts
        let summary = DemoSummary(
            counts: counts,
            inTheLog: (after["telemetry"] ?? 0) - (before["telemetry"] ?? 0),
            alerts: (after["alerts"] ?? 0) - (before["alerts"] ?? 0)
        )
        try Console.current.print(summary.text)
        if summary.lost > 0 || counts.hasFailed { throw ExitCode(1) }
    }
}
