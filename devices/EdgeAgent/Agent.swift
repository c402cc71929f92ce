import EdgeCore
import Glibc

/// The running agent: one thread per bus, one for the connection, and the main thread for signals and the hub's wishes.
struct Agent {
    /// How long the end waits for the disk. An SD card may need seconds for a sync.
    private static let spoolWaitMax: Duration = .seconds(20)

    private let folder: StateFolder?
    private let logins: LoginSource
    private let configuration: AgentConfiguration
    private let journal: Journal

    /// Resolves what the configuration refers to; throws what is wrong with it.
    init(configurationFile: String, journal: Journal) throws(ConfigurationFaults) {
        let configuration = try ConfigurationFile.load(configurationFile)
        self.folder = try Self.stateFolder(of: configuration, file: configurationFile)
        let kept = try Self.kept(LoginSource.file, in: self.folder)
        self.logins = try LoginSource(configuration, file: configurationFile, kept: kept)
        self.configuration = configuration
        self.journal = journal
    }

    /// Runs until SIGTERM, SIGINT or the method `restart`; then stops sampling, sees the last readings home and disconnects.
    ///
    /// - Returns: What the run did, and whether the program is to start again.
    func run() -> (summary: AgentSummary, restarts: Bool) {
        let signals = StopSignals()  // before the first thread, which inherits the mask
        ConnectLimit.install()
        let count = self.configuration.sensors.count
        self.journal(.notice, "weir-agent \(AgentVersion.text) starts with \(count) sensor\(count == 1 ? "" : "s")")
        let clock = SystemClock()
        if self.folder == nil {
            let path = AgentConfiguration.stateFolderDefault
            self.journal(.warning, "there is no state folder \(path): readings are kept in memory only")
        }
        let (settings, logins, folder, journal) = (self.configuration, self.logins, self.folder, self.journal)
        let memory = self.folder.map { TimeMemory(folder: $0.path) }
        let wallClock = WallClock(settings, system: clock, memory: memory, journal: journal)
        let epoch = StateFolder.nextEpoch(in: self.folder, clock: clock, wallClock: wallClock, journal: journal)
        let outbox = Outbox(
            epoch: epoch,
            settings: Self.deliverySettings(of: settings),
            hasSpool: self.folder != nil,
            clock: clock
        )
        let spool = folder.map { folder in
            SpoolWorker(
                folder: folder.path(of: StateFolder.spoolFolder),
                settings: settings.spool,
                epoch: epoch,
                outbox: outbox,
                clock: clock,
                wallClock: wallClock,
                journal: journal
            )
        }
        let spoolThread = spool.map { spool in NamedThread("spool") { spool.run() } }
        let controlWake = WakeEvent()
        let desk = RemoteDesk(controlWake: controlWake, uplinkWake: outbox.wake)
        let board = SensorBoard(count: self.configuration.sensors.count, changed: controlWake)
        let buses = SensorFactory.busNumbers(of: self.configuration.sensors).map { numbers in
            ControlLoop.Bus(port: BusPort(), numbers: numbers, promise: Promise(until: clock.now))
        }
        let connection = Promise(until: clock.now)
        let control = ControlLoop(
            ControlLoop.Parts(
                configuration: self.configuration,
                buses: buses,
                board: board,
                desk: desk,
                outbox: outbox,
                clock: clock,
                wallClock: wallClock,
                journal: self.journal,
                desiredFile: self.folder.map { DesiredFile(folder: $0) },
                connection: connection,
                supervisor: Supervisor(variable: ProcessEnvironment.value(of:))
            )
        )
        let uplink = NamedThread("uplink") {
            GatewayLink(
                settings,
                logins: logins,
                outbox: outbox,
                desk: desk,
                promise: connection,
                clock: clock,
                wallClock: wallClock,
                journal: journal,
                keep: { Self.keep($0, as: LoginSource.file, in: folder) }
            )
            .run()
        }
        let workers = buses.enumerated().map { index, bus in
            let worker = BusWorker(
                sensors: bus.numbers.map { control.configuration.sensors[$0] },
                numbers: bus.numbers,
                outbox: outbox,
                board: board,
                clock: clock,
                journal: journal,
                port: bus.port,
                promise: bus.promise
            )
            return NamedThread("bus-\(index)") { worker.run() }
        }

        let end = control.run(signals)
        if case .signal(let name) = end { self.journal(.notice, "stopping on \(name)") }
        for bus in buses { bus.port.stop() }
        // A bus that hangs in the kernel must not hold up the end; its reading would come too late anyway.
        for worker in workers { _ = worker.wait(atMost: .seconds(1)) }
        outbox.finish()
        uplink.interrupt()  // an attempt to connect that is under way
        if !uplink.wait(atMost: .seconds(settings.stopWaitSeconds + 1)) {
            uplink.interrupt()  // the last attempt, made for the end
            if !uplink.wait(atMost: .seconds(1)) { self.journal(.warning, "the connection did not end in time") }
        }
        let lost = outbox.endUplink(hasSpool: spool != nil)
        if lost > 0 { self.journal(.warning, "stopped with \(lost) readings that no gateway acknowledged") }
        spool?.finish()
        if let spoolThread, !spoolThread.wait(atMost: Self.spoolWaitMax) {
            self.journal(.error, "the disk did not take the last readings in time")
        }
        wallClock.remember()
        return (outbox.summary, end == .restart)
    }
}
