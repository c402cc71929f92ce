import EdgeCore
import Glibc
import TelemetryModel

/// The running agent: one thread per bus, one for the connection, and the main thread that waits for a signal.
struct Agent {
    private let logins: LoginSource
    private let configuration: AgentConfiguration
    private let journal: Journal

    /// Resolves what the configuration refers to; throws what is wrong with it.
    init(configurationFile: String, journal: Journal) throws(ConfigurationFaults) {
        let configuration = try ConfigurationFile.load(configurationFile)
        let connection = try ConfigurationFile.connectionString(
            of: configuration,
            file: configurationFile,
            variable: ProcessEnvironment.value(of: AgentConfiguration.connectionStringVariable)
        )
        let address = try GatewayAddress(configuration, connection: connection, file: configurationFile)
        do throws(TokenSigner.Fault) {
            self.logins = .fixed(try Login(connection, address: address))
        } catch {
            throw ConfigurationFaults([ConfigurationFault(file: configurationFile, message: error.message)])
        }
        self.configuration = configuration
        self.journal = journal
    }

    /// Runs until SIGTERM or SIGINT; then stops sampling, sees the last readings home and disconnects.
    func run() -> AgentSummary {
        let signals = StopSignals()  // before the first thread, which inherits the mask
        ConnectLimit.install()
        let clock = SystemClock()
        // Seconds grow from start to start.
        let epoch = UInt32(clamping: clock.wallTime.milliseconds / 1_000)
        let outbox = Outbox(epoch: epoch, sizeMaxBytes: self.configuration.bufferSizeMaxBytes)
        let stop = WakeEvent()
        let count = self.configuration.sensors.count
        self.journal(.notice, "weir-agent \(AgentVersion.text) starts with \(count) sensor\(count == 1 ? "" : "s")")

        let (settings, logins, journal) = (self.configuration, self.logins, self.journal)
        let wallClock = WallClock(
            system: clock,
            // Without TLS the gateway is on this machine, and has the same clock.
            trustsSystem: settings.clock.trustsSystem || !settings.tls.enabled,
            memory: nil,
            journal: journal
        )
        let uplink = NamedThread("uplink") {
            GatewayLink(
                settings,
                logins: logins,
                outbox: outbox,
                clock: clock,
                wallClock: wallClock,
                journal: journal
            )
            .run()
        }
        let workers = SensorFactory.buses(of: self.configuration.sensors).enumerated().map { index, sensors in
            let worker = BusWorker(sensors: sensors, outbox: outbox, clock: clock, journal: journal, stop: stop)
            return NamedThread("bus-\(index)") { worker.run() }
        }

        let signal = signals.wait()
        self.journal(.notice, "stopping on \(signal)")
        stop.signal()
        // A bus that hangs in the kernel must not hold up the end; its reading would come too late anyway.
        for worker in workers { _ = worker.wait(atMost: .seconds(1)) }
        outbox.finish()
        uplink.interrupt()  // an attempt to connect that is under way
        if !uplink.wait(atMost: .seconds(settings.stopWaitSeconds + 1)) {
            uplink.interrupt()  // the last attempt, made for the end
            if !uplink.wait(atMost: .seconds(1)) {
                let left = outbox.abandonWaiting()
                self.journal(.warning, "the connection did not end in time; \(left) readings are lost")
            }
        }
        wallClock.remember()
        return outbox.summary
    }
}
