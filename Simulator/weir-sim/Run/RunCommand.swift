import ArgumentParser
import FleetModel
import GatewayClient
import NIOCore
import NIOPosix

/// `weir-sim run SCENARIO`: a simulated fleet.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario: simulated devices with their faults.",
        discussion: "Ends after --seconds, or with Ctrl-C. Simulator/scenarios/greenhouse.yaml describes every key."
    )

    @Argument(help: ArgumentHelp("The scenario, a YAML file.", valueName: "scenario"))
    var scenario: String

    @OptionGroup
    var gateway: GatewayOptions

    @Option(name: .long, help: ArgumentHelp("How long to run, 1 to 31536000 (default: until Ctrl-C).", valueName: "n"))
    var seconds: Int?

    @Option(name: .long, help: ArgumentHelp("Start of the random sequence, before the scenario's.", valueName: "n"))
    var seed: UInt64?

    @Flag(name: .long, help: "End with the summary as one line of JSON on standard output.")
    var json = false

    mutating func validate() throws {
        if let seconds, !(1...31_536_000).contains(seconds) {
            throw ValidationError("--seconds is \(seconds) but must be 1 to 31536000.")
        }
    }

    mutating func run() async throws {
        let scenario = try self.loadScenario()
        let devices = scenario.makeDevices()
        try DescriptorLimit.raise(forConnections: devices.count)
        let access = try GatewayAccess(self.gateway, environment: ProcessEnvironment.variables)
        let members = try await FleetRegistration.register(
            devices.map(\.id),
            client: access.client,
            hubName: access.hubName
        )
        let clock = RunClock()
        let notes = FleetNotes { Terminal.errorLine($0) }
        let shared = FleetDriver<ScenarioFeed>.Shared(
            settings: FleetClient.Settings(),
            transport: access.transport,
            clock: clock,
            counters: FleetCounters(),
            notes: notes
        )
        let limit = self.seconds.map { Duration.seconds($0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(2, System.coreCount))
        let fleet = try await Fleet(members: members, shared: shared, group: group, seed: scenario.seed) { index, _ in
            ScenarioFeed(device: devices[index], startTime: clock.startTime, end: limit)
        }
        let isInteractive = Terminal.isInteractive
        _ = try await FleetRun.run(
            fleet,
            limit: limit,
            interval: isInteractive ? RunStatus.interval : RunStatus.intervalPlain
        ) {
            let line = RunStatus(
                devices: devices.count,
                counters: shared.counters.snapshot,
                elapsed: clock.elapsed
            ).line
            if isInteractive { Terminal.statusLine(line) } else { Terminal.errorLine(line) }
        }
        let summary = RunSummary(
            devices: devices.count,
            counters: shared.counters.snapshot,
            seconds: clock.elapsed / .seconds(1),
            troubles: notes.totals
        )
        if isInteractive { Terminal.statusLine("") }
        Terminal.output((self.json ? summary.json : summary.text) + "\n")
        if !summary.isComplete { throw ExitCode(1) }
    }

    private func loadScenario() throws(Failure) -> Scenario {
        do {
            var scenario = try ScenarioFile.load(path: self.scenario)
            if let seed = self.seed { scenario.seed = seed }
            return scenario
        } catch {
            throw Failure(error)
        }
    }
}
