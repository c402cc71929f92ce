package import TelemetryModel

/// The user name of a CONNECT in the hub's form: `hub.example.org/dev1/?api-version=2021-04-12&DeviceClientType=…`.
///
/// Ids are not percent-encoded and may hold `?`, so the text is cut at the first `/?`. Source: contract
/// iothub-mqtt section 2; the forms without `/` before `?` and with `/api-version=` come from older SDKs.
package struct HubUserName: Equatable, Sendable {
    /// The hub's name as the client wrote it; compare without case.
    package let hostName: String
    /// Who connects.
    package let identity: IdentityID
    /// Decoded parameters; for a repeated name the last one counts.
    package let parameters: [String: String]

    /// Reads a user name.
    ///
    /// - Parameter text: the MQTT user name.
    /// - Throws: `HubSyntaxError`.
    package init(parsing text: String) throws(HubSyntaxError) {
        let (path, query) = HubUserName.cut(text)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, !parts[0].isEmpty else {
            throw HubSyntaxError(
                "the user name must be host/device/?api-version=… or host/device/module/?api-version=…"
            )
        }
        guard let identity = IdentityID(device: String(parts[1]), module: parts.count == 3 ? String(parts[2]) : nil)
        else {
            throw HubSyntaxError("the user name holds an id that no identity may have")
        }
        self.hostName = String(parts[0])
        self.identity = identity
        var parameters = [String: String]()
        for pair in query.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            guard let name = PercentEncoding.decode(name), let value = PercentEncoding.decode(value) else {
                throw HubSyntaxError("a parameter of the user name is not percent-encoded UTF-8")
            }
            parameters[name] = value
        }
        self.parameters = parameters
    }

    /// Bytes of a model id at most. Source: DTDL v3, "Digital Twin Model Identifier".
    package static let modelIDBytesMax = 2_048

    /// The device model that the client names, such as `dtmi:com:example:Thermostat;1`; `nil` for none, or no such text.
    package var modelID: String? {
        guard let id = self.parameters["model-id"], !id.isEmpty, id.utf8.count <= HubUserName.modelIDBytesMax,
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return id
    }

    /// Whether a user name is meant in the hub's form: it has parameters, or begins with one of the hub's names.
    ///
    /// `dev1/mod1` alone is the plain form of a module, `localhost/dev1` of a hub named localhost the hub's.
    ///
    /// - Parameters:
    ///   - text: the MQTT user name.
    ///   - isHub: whether a host name is the hub's.
    /// - Returns: `false` for a plain user name.
    package static func isHubForm(_ text: String, isHub: (Substring) -> Bool) -> Bool {
        if ["/?", "/api-version=", "?api-version="].contains(where: text.contains) { return true }
        let host = text.prefix { $0 != "/" }
        return host.endIndex != text.endIndex && isHub(host)
    }

    /// Splits path and query; the query is empty when there is none.
    private static func cut(_ text: String) -> (Substring, Substring) {
        if let cut = text.firstRange(of: "/?") {
            return (text[..<cut.lowerBound], text[cut.upperBound...])
        }
        for marker in ["/api-version=", "?api-version="] {
            if let cut = text.firstRange(of: marker) {
                return (text[..<cut.lowerBound], text[text.index(after: cut.lowerBound)...])
            }
        }
        return (text[...], "")
    }
}
