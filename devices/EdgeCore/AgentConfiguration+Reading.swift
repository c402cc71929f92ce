extension AgentConfiguration {
    /// Checks a parsed file.
    ///
    /// - Parameters:
    ///   - document: The file's content.
    ///   - file: Its path, for messages and as the base of relative paths in it.
    /// - Throws: Every fault found, each with its line.
    package init(_ document: YAMLNode, file: String) throws(ConfigurationFaults) {
        self.init()
        let faults = MappingReader.Faults(file: file)
        var top = MappingReader(document, path: "", faults: faults)
        self.readConnection(top.section("connection"), file: file)
        self.readMQTT(top.section("mqtt"))
        self.readTLS(top.section("tls"), file: file)
        self.readClock(top.section("clock"))
        self.readProvisioning(top.section("provisioning"), file: file)

        var sampling = top.section("sampling")
        self.intervalMilliseconds = sampling.integer(
            "intervalMilliseconds",
            default: self.intervalMilliseconds,
            in: SensorConfiguration.intervalRange,
            unit: "(milliseconds)"
        )
        sampling.finish()

        var buffer = top.section("buffer")
        self.bufferSizeMaxBytes = buffer.integer(
            "sizeMaxBytes",
            default: self.bufferSizeMaxBytes,
            in: 65_536...268_435_456,
            unit: "(bytes)"
        )
        buffer.finish()

        self.readSpool(top.section("spool"), file: file)

        var stop = top.section("stop")
        self.stopWaitSeconds = stop.integer("waitSeconds", default: self.stopWaitSeconds, in: 0...60, unit: "(seconds)")
        stop.finish()

        var log = top.section("log")
        if let name = log.text("level", lengthMax: 16) {
            if let level = LogLevel(name: name) {
                self.logLevel = level
            } else {
                log.fault("level", "is '\(name)'; expected one of \(LogLevel.names)")
            }
        }
        log.finish()

        var health = top.section("health")
        self.healthIntervalSeconds = health.integer(
            "intervalSeconds",
            default: self.healthIntervalSeconds,
            in: 1...86_400,
            unit: "(seconds)"
        )
        health.finish()

        var identify = top.section("identify")
        self.identifyLight = identify.text("light", lengthMax: 256)
        identify.finish()

        let items = top.list("sensors")
        if let items, items.isEmpty || items.count > SensorConfiguration.countMax {
            top.fault("sensors", "lists \(items.count) sensors; expected 1 to \(SensorConfiguration.countMax)")
        } else if items == nil {
            top.fault("sensors", "is missing; expected a list of at least one sensor, such as '- type: simulated'")
        }
        self.sensors = SensorConfiguration.list(
            items?.prefix(SensorConfiguration.countMax).map { $0 } ?? [],
            intervalMilliseconds: self.intervalMilliseconds,
            faults: faults
        )
        top.finish()
        guard faults.all.isEmpty else { throw ConfigurationFaults(faults.all.sorted { $0.line < $1.line }) }
    }

    private mutating func readConnection(_ section: MappingReader, file: String) {
        var section = section
        self.connection.text = section.text("connectionString", lengthMax: 4_096)
        self.connection.file = section.text("connectionStringFile").map { Self.path($0, besides: file) }
        if self.connection.text != nil, self.connection.file != nil {
            section.fault("connectionString", "and connectionStringFile are both set; expected one of them")
        }
        section.finish()
    }

    private mutating func readMQTT(_ section: MappingReader) {
        var section = section
        self.mqtt.host = section.text("host", lengthMax: 253)
        self.mqtt.port = section.integer("port", default: self.mqtt.port, in: 1...65_535)
        self.mqtt.keepAliveSeconds = section.integer(
            "keepAliveSeconds",
            default: self.mqtt.keepAliveSeconds,
            in: 5...1_740,
            unit: "(seconds)"
        )
        self.mqtt.windowMessages = section.integer("windowMessages", default: self.mqtt.windowMessages, in: 1...100)
        self.mqtt.tokenLifeSeconds = section.integer(
            "tokenLifeSeconds",
            default: self.mqtt.tokenLifeSeconds,
            in: 60...31_536_000,
            unit: "(seconds)"
        )
        self.mqtt.reconnectMinSeconds = section.integer(
            "reconnectMinSeconds",
            default: self.mqtt.reconnectMinSeconds,
            in: 1...60,
            unit: "(seconds)"
        )
        self.mqtt.reconnectMaxSeconds = section.integer(
            "reconnectMaxSeconds",
            default: self.mqtt.reconnectMaxSeconds,
            in: 1...3_600,
            unit: "(seconds)"
        )
        if self.mqtt.reconnectMaxSeconds < self.mqtt.reconnectMinSeconds {
            section.fault("reconnectMaxSeconds", "is below reconnectMinSeconds (\(self.mqtt.reconnectMinSeconds))")
        }
        section.finish()
    }

    private mutating func readSpool(_ section: MappingReader, file: String) {
        var section = section
        self.stateFolder = section.text("directory").map { Self.path($0, besides: file) }
        self.spool.windowSeconds = section.integer(
            "windowSeconds",
            default: self.spool.windowSeconds,
            in: 1...300,
            unit: "(seconds)"
        )
        self.spool.windowReadings = section.integer(
            "windowReadings",
            default: self.spool.windowReadings,
            in: 1...10_000
        )
        self.spool.sizeMaxBytes = section.integer(
            "sizeMaxBytes",
            default: self.spool.sizeMaxBytes,
            in: 1_048_576...17_179_869_184,
            unit: "(bytes)"
        )
        self.spool.ageMaxSeconds = section.integer(
            "ageMaxSeconds",
            default: self.spool.ageMaxSeconds,
            in: 60...315_360_000,
            unit: "(seconds)"
        )
        self.spool.freeDiskMinBytes = section.integer(
            "freeDiskMinBytes",
            default: self.spool.freeDiskMinBytes,
            in: 0...1_099_511_627_776,
            unit: "(bytes)"
        )
        self.spool.drainReadingsPerSecond = section.integer(
            "drainReadingsPerSecond",
            default: self.spool.drainReadingsPerSecond,
            in: 64...1_000_000
        )
        section.finish()
    }

    private mutating func readTLS(_ section: MappingReader, file: String) {
        var section = section
        self.tls.enabled = section.flag("enabled", default: true)
        self.tls.files.caFile = section.text("caFile").map { Self.path($0, besides: file) }
        self.tls.files.certificateFile = section.text("certificateFile").map { Self.path($0, besides: file) }
        self.tls.files.keyFile = section.text("keyFile").map { Self.path($0, besides: file) }
        if self.tls.files.certificateFile != nil, self.tls.files.keyFile == nil {
            section.fault("certificateFile", "is set without keyFile; expected both or none")
        }
        if self.tls.files.keyFile != nil, self.tls.files.certificateFile == nil {
            section.fault("keyFile", "is set without certificateFile; expected both or none")
        }
        section.finish()
    }

    private mutating func readProvisioning(_ section: MappingReader, file: String) {
        var section = section
        self.provisioning.idScope = section.text("idScope", lengthMax: 64)
        self.provisioning.registrationID = section.text("registrationId", lengthMax: 256)
        self.provisioning.host = section.text("host", lengthMax: 253)
        self.provisioning.port = section.integer("port", default: self.provisioning.port, in: 1...65_535)
        self.provisioning.groupKeyFile = section.text("groupKeyFile").map { Self.path($0, besides: file) }
        self.provisioning.symmetricKeyFile = section.text("symmetricKeyFile").map { Self.path($0, besides: file) }
        let settings = self.provisioning
        if let scope = settings.idScope {
            if !scope.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#+&=%".utf8.contains($0) }) {
                section.fault("idScope", "is '\(scope)'; expected letters and digits, as `weir` or the portal shows it")
            }
            if settings.registrationID == nil {
                section.fault("registrationId", "is missing; expected a name, such as greenhouse-{serial}")
            }
            if settings.host == nil, self.mqtt.host == nil {
                section.fault("host", "is missing; expected the provisioning service's host, or mqtt.host")
            }
            if settings.groupKeyFile == nil, settings.symmetricKeyFile == nil, !self.tls.files.hasCertificate {
                section.fault("groupKeyFile", "is missing; expected it, symmetricKeyFile or tls.certificateFile")
            }
        } else if settings != Provisioning() {
            section.fault("idScope", "is missing; expected the provisioning service's id scope")
        }
        if settings.groupKeyFile != nil, settings.symmetricKeyFile != nil {
            section.fault("symmetricKeyFile", "and groupKeyFile are both set; expected one of them")
        }
        section.finish()
    }

    private mutating func readClock(_ section: MappingReader) {
        var section = section
        self.clock.trustsSystem = section.flag("trustSystem", default: self.clock.trustsSystem)
        self.clock.gatewayPort = section.integer("gatewayPort", default: self.clock.gatewayPort, in: 1...65_535)
        self.clock.gatewayIntervalSeconds = section.integer(
            "gatewayIntervalSeconds",
            default: self.clock.gatewayIntervalSeconds,
            in: 60...604_800,
            unit: "(seconds)"
        )
        section.finish()
    }

    /// A path as it is, or relative to the folder of the configuration file.
    private static func path(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return "\(file[...slash])\(path)"
    }
}
