import HubProtocol
import TelemetryModel

/// One device of the fleet, as the gateway knows it.
struct FleetMember: Sendable {
    /// Version of the hub's interface that the fleet speaks.
    private static let apiVersion = "2021-04-12"
    /// Life of a token.
    static let tokenLife = Duration.seconds(3_600)
    /// A token is replaced this long before it ends, as the device SDKs do.
    static let tokenMargin = Duration.seconds(120)

    let id: String
    /// The hub's name in user name and token, not necessarily where the gateway is reached.
    let hubName: String
    let key: [UInt8]

    /// `hub/device/?api-version=…`; ids are not percent-encoded here. Contract iothub-mqtt section 2.
    var userName: String {
        "\(self.hubName)/\(self.id)/?api-version=\(FleetMember.apiVersion)&DeviceClientType=weir-sim"
    }

    /// A new SAS token.
    func token(at now: Timestamp) -> String {
        SASToken.make(
            resource: "\(self.hubName)/devices/\(self.id)",
            key: self.key,
            expiry: now + FleetMember.tokenLife
        )
    }

    /// The telemetry topic with content type and encoding in its property bag. Contract iothub-mqtt section 4.
    var telemetryTopic: String {
        "devices/\(self.id)/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8"
    }
}
