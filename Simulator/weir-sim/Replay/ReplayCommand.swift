import ArgumentParser
import FleetModel
import GatewayClient
import NIOCore
import NIOPosix
import Synchronization
import TelemetryModel

/// `weir-sim replay FILE...`: recorded readings as devices.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish recorded readings (CSV, also gzipped), each file as the device of its name.",
        discussion: """
            The header names the channels; the time column becomes ts; numbers go out as the file writes them. Columns \
            that are labels (anomaly, fault, implausible, occupancy, …) are never published.
            """
    )

    @Argument(help: ArgumentHelp("CSV files, plain or gzipped.", valueName: "file"))
    var files: [String]

    @OptionGroup
    var gateway: GatewayOptions

    @Option(
        name: .long,
        help: "Recorded time per real time: 1 as recorded, 60 an hour a minute, 0 as fast as acknowledgements come."
    )
    var speed = 1.0

    @Flag(name: .long, help: "Each file begins with its first row at once, whenever it was recorded.")
    var alignStarts = false

    @Option(name: .long, help: ArgumentHelp("Stands before each device's name.", valueName: "text"))
    var devicePrefix = ""

    @Option(name: .long, help: ArgumentHelp("Rows in flight per device, 1 to 32768.", valueName: "n"))
    var window = 100

    @Option(
        name: .long,
        help: ArgumentHelp("The time column (default: timestamp, datetime, ts, time or date).", valueName: "name")
    )
    var timeColumn: String?

    @Option(name: .long, help: ArgumentHelp("A column to leave out; may be repeated.", valueName: "name"))
    var skipColumn: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("What numeric times count from, in seconds (default 1970: Unix time).", valueName: "time")
    )
    var start: String?

    @Option(name: .long, help: ArgumentHelp("Append “device<TAB>row” for every stored row.", valueName: "file"))
    var acklog: String?

    @Flag(name: .long, help: "End with the summary as one line of JSON on standard output.")
    var json = false

    mutating func validate() throws {
        guard !self.files.isEmpty else { throw ValidationError("name at least one CSV file.") }
        guard self.speed >= 0, self.speed.isFinite else {
            throw ValidationError("--speed is \(self.speed) but must be 0 or more.")
        }
        guard (1...InFlightWindow.limitMax).contains(self.window) else {
            throw ValidationError("--window is \(self.window) but must be 1 to \(InFlightWindow.limitMax).")
        }
        if let start, Timestamp(iso8601: start) == nil {
            throw ValidationError("--start is “\(start)” but must be a time such as 2010-05-09T00:00:00Z.")
        }
    }

    mutating func run() async throws {
        let ids = try self.deviceIDs()
        let loaders = try self.openFiles()
        let paces = try await self.paces(loaders)
        let ackLog = try self.openAckLog()
        try DescriptorLimit.raise(forConnections: 2 * ids.count)
        let access = try GatewayAccess(self.gateway, environment: ProcessEnvironment.variables)
        let members = try await FleetRegistration.register(ids, client: access.client, hubName: access.hubName)
        let progress = ReplayProgress(paths: self.files)
        let notes = FleetNotes { Terminal.errorLine($0) }
        let clock = RunClock()
        let shared = FleetDriver<ReplayFeed>.Shared(
            settings: FleetClient.Settings(window: self.window),
            transport: access.transport,
            clock: clock,
            counters: FleetCounters(),
            notes: notes
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(2, System.coreCount))
        let fleet = try await Fleet(members: members, shared: shared, group: group, seed: 1) { index, loop in
            ReplayFeed(
                device: ids[index],
                loader: loaders[index],
                index: index,
                pace: paces[index],
                progress: progress,
                ackLog: ackLog,
                loop: loop
            )
        }
        let bar = ReplayBar(totalBytes: loaders.reduce(0) { $0 + $1.byteCount })
        let wasInterrupted = try await FleetRun.run(fleet, limit: nil, interval: ReplayBar.interval) {
            bar.update(progress.snapshot, counters: shared.counters.snapshot, elapsed: clock.elapsed)
        }
        bar.finish()
        let summary = ReplaySummary(
            recordings: progress.snapshot,
            counters: shared.counters.snapshot,
            seconds: clock.elapsed / .seconds(1),
            wasInterrupted: wasInterrupted,
            ackLogFault: ackLog?.fault?.description,
            troubles: notes.totals
        )
        for line in summary.complaints { Terminal.errorLine("weir-sim: \(line)") }
        Terminal.output((self.json ? summary.json : summary.text) + "\n")
        if !summary.isComplete { throw ExitCode(1) }
    }

    /// A device for every file, all different.
    private func deviceIDs() throws(Failure) -> [String] {
        var ids = [String]()
        var files = [String: String]()
        for file in self.files {
            guard let id = RecordingName.deviceID(ofFile: file, prefix: self.devicePrefix) else {
                throw Failure("“\(file)” gives no device name: name a CSV file")
            }
            if let other = files.updateValue(file, forKey: id) {
                throw Failure("\(other) and \(file) would both be the device \(id): rename one of them")
            }
            ids.append(id)
        }
        return ids
    }

    private func openFiles() throws(Failure) -> [RecordingLoader] {
        let options = RecordingSchema.Options(timeColumn: self.timeColumn, skipped: Set(self.skipColumn))
        let start = self.start.flatMap { Timestamp(iso8601: $0) } ?? Timestamp(milliseconds: 0)
        var loaders = [RecordingLoader]()
        for file in self.files {
            do {
                loaders.append(try RecordingLoader(path: file, options: options, start: start))
            } catch {
                throw Failure(error)
            }
        }
        return loaders
    }

    private func openAckLog() throws(Failure) -> AckLog? {
        do {
            return try self.acklog.map { path throws(AckLog.Fault) in try AckLog(path: path) }
        } catch {
            throw Failure(error)
        }
    }

    /// Reads every file's first reading, so that a bad header stops the start, and sets the common clock by them: files
    /// recorded together are replayed together.
    private func paces(_ loaders: [RecordingLoader]) async throws(Failure) -> [ReplayPace] {
        var firsts = [Timestamp?]()
        for loader in loaders {
            do {
                firsts.append(try await loader.prepare())
            } catch {
                throw Failure(error)
            }
        }
        let origin = firsts.compactMap(\.self).min() ?? Timestamp(milliseconds: 0)
        return zip(self.files, firsts).map { file, first in
            var pace = ReplayPace(speed: self.speed, origin: self.alignStarts ? first ?? origin : origin)
            let wait = first.map { pace.due(of: $0) } ?? .zero
            if wait >= .seconds(60) {
                Terminal.errorLine(
                    "\(file) begins in \(SummaryText.clock(wait)) at this speed, as it was recorded "
                        + "(--align-starts: at once)"
                )
            }
            return pace
        }
    }
}
