package import SensorKit

/// What the agent is told to do: the content of its configuration file, checked.
///
/// Every key, its unit, range and reason are in `config/agent.yaml`.
package struct AgentConfiguration: Equatable, Sendable {
    /// Where the connection string, which is a secret, comes from. The environment wins over both.
    package struct Connection: Equatable, Sendable {
        package var text: String?
        package var file: String?
    }

    package struct MQTT: Equatable, Sendable {
        /// `nil`: the connection string's GatewayHostName, or else its HostName.
        package var host: String?
        package var port = 8_883
        package var keepAliveSeconds = 60
        package var windowMessages = 20
        package var tokenLifeSeconds = 3_600
        package var reconnectMinSeconds = 1
        package var reconnectMaxSeconds = 60
    }

    package struct TLS: Equatable, Sendable {
        package var enabled = true
        package var files = TLSFiles()
    }

    package struct Clock: Equatable, Sendable {
        /// Whether the system's clock is right whatever the kernel says.
        package var trustsSystem = false
        /// Where the gateway answers `GET /time` over TLS.
        package var gatewayPort = 8_443
        package var gatewayIntervalSeconds = 21_600
    }

    /// How a board without a connection string gets one. Used when ``idScope`` is set.
    package struct Provisioning: Equatable, Sendable {
        package var idScope: String?
        /// May hold placeholders: ``RegistrationID/placeholders``.
        package var registrationID: String?
        /// `nil`: ``MQTT/host``.
        package var host: String?
        package var port = 8_883
        /// The enrollment group's key, of which the device's own is derived; `nil` for none.
        package var groupKeyFile: String?
        /// The device's own key; `nil` for none. With neither the certificate of ``TLS`` is used.
        package var symmetricKeyFile: String?
    }

    package var connection = Connection()
    package var provisioning = Provisioning()
    package var mqtt = MQTT()
    package var tls = TLS()
    package var clock = Clock()
    package var intervalMilliseconds = 10_000
    package var bufferSizeMaxBytes = 4_194_304
    package var stopWaitSeconds = 5
    /// Where epoch, spool and what the twin set are kept; made when it is missing. `nil`: ``stateFolderDefault``, when it
    /// exists.
    package var stateFolder: String?
    package var spool = SpoolSettings()
    package var logLevel = LogLevel.info
    /// Between two health readings.
    package var healthIntervalSeconds = 60
    /// The light that `identify` blinks: its name in /sys/class/leds, or its folder; `nil`: the board's usual one.
    package var identifyLight: String?
    package var sensors: [SensorConfiguration] = []

    package init() {}

    /// The state folder that the package's unit makes.
    package static let stateFolderDefault = "/var/lib/weir-agent"

    /// The sensor (its index) and the quantity that are published under a name.
    package func channel(named name: String) -> (sensor: Int, quantity: Quantity)? {
        for (index, sensor) in self.sensors.enumerated() {
            if let quantity = sensor.channels.first(where: { $0.value == name })?.key { return (index, quantity) }
        }
        return nil
    }

    /// The environment variable that carries the connection string, the only key the environment may set.
    package static let connectionStringVariable = "WEIR_AGENT_CONNECTION_STRING"
}
