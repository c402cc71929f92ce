package import TelemetryModel

/// What an identity is called in CONNECT, in its token and in its topics.
///
/// Source: Azure IoT Hub, "Communicate with an IoT hub using MQTT".
package struct HubNames: Equatable, Sendable {
    private static let apiVersion = "2021-04-12"

    package let clientID: String
    package let userName: String
    /// What a token has to cover, not yet percent-encoded.
    package let resource: String
    /// Topic of JSON telemetry: its property bag says content type and encoding, and each message's own properties follow.
    package let telemetryTopic: String

    package init(hostName: String, identity: IdentityID) {
        let product = PercentEncoding.encode("weir-agent/\(AgentVersion.text)")
        var path = "devices/\(identity.device)"
        if let module = identity.module { path += "/modules/\(module)" }
        self.clientID = identity.description
        self.userName = "\(hostName)/\(identity)/?api-version=\(Self.apiVersion)&DeviceClientType=\(product)"
        self.resource = "\(hostName)/\(path)"
        self.telemetryTopic = "\(path)/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8"
    }
}
