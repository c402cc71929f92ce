import ArgumentParser
import CoreMetrics
import Gateway
import GatewayClient
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// `weir serve`: runs the gateway until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Prints one line naming every address when it takes connections. SIGTERM or Ctrl-C drains and stops: what \
            was received is written, acknowledged and the log closed. A second start on the same folder carries on. \
            SIGHUP reads tls.certificateFile and tls.keyFile again; from a terminal that is closed it stops, too.
            """
    )

    @OptionGroup var options: GatewayOptions

    @Option(name: .customLong("data"), help: ArgumentHelp("The data folder; made when missing.", valueName: "dir"))
    var data = GatewayFolder.defaultPath

    func run() async throws {
        let configuration = try self.options.configuration()
        let gateway = try GatewayProcess(configuration: configuration, data: self.data)
        // A terminal that goes sends it, too, and then nobody is there to stop the gateway.
        let isDaemon = isatty(STDIN_FILENO) == 0
        try await gateway.run(
            signals: isDaemon ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup],
            reloadSignals: isDaemon ? [.sighup] : []
        ) { endpoints in
            // A supervisor waits for this line; one that does not read it does not stop the gateway.
            try? Console.current.print(endpoints.readyLine)
        }
    }
}

/// What a process that runs a gateway sets up once: logs, metrics, descriptors.
struct GatewayProcess {
    let gateway: Gateway

    /// Opens the gateway; nothing listens yet.
    init(configuration: GatewayConfiguration, data: String) throws {
        let level = Logger.Level(rawValue: configuration.loggingLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        GatewayProcess.raiseDescriptorLimit()
        self.gateway = try Gateway(
            configuration: configuration,
            path: data,
            metrics: metrics,
            logger: Logger(label: "weir")
        )
    }

    /// Runs until one of the signals, or until the task is asked to shut down.
    func run(
        signals: [UnixSignal],
        reloadSignals: [UnixSignal],
        onReady: @escaping @Sendable (EndpointsFile) -> Void
    ) async throws {
        try await self.gateway.run(signals: signals, reloadSignals: reloadSignals, onReady: onReady)
    }

    /// As many connections as the system lets this user have.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
