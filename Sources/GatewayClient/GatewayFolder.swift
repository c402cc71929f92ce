import FoundationEssentials
import TelemetryModel

/// What a client reads in a gateway's data folder. Layout:
///
///     DIR/endpoints.json     where the gateway listens, written at every start
///     DIR/credentials.json   policies and keys, mode 0600, written at the first start
///     DIR/tls/ca.pem         the CA that signed the server certificate
package struct GatewayFolder: Sendable {
    /// Where commands look when neither `--data` nor the environment says otherwise.
    package static let defaultPath = "./weir-data"

    /// The folder.
    package let path: String

    /// A gateway's data folder; nothing is read yet.
    package init(_ path: String) {
        self.path = path
    }

    /// The CA certificate, PEM.
    package var authorityPath: String { "\(self.path)/tls/ca.pem" }

    /// Whether the gateway has left its addresses: a stopped one takes them away.
    package var hasEndpoints: Bool {
        FileManager.default.fileExists(atPath: "\(self.path)/\(EndpointsFile.fileName)")
    }

    /// Where the gateway listens.
    package func endpoints() throws(GatewayClientError) -> EndpointsFile {
        try self.read(EndpointsFile.fileName)
    }

    /// The service policies.
    package func credentials() throws(GatewayClientError) -> CredentialsFile {
        try self.read(CredentialsFile.fileName)
    }

    /// One service policy with its keys.
    package func policy(named name: String) throws(GatewayClientError) -> CredentialsFile.Policy {
        let policies = try self.credentials().policies
        guard let policy = policies.first(where: { $0.name == name }) else {
            let names = policies.map(\.name)
            let hint = NearestName.of(name, among: names).map { "; did you mean “\($0)”?" } ?? ""
            throw .setup("there is no policy “\(name)”: there are \(names.joined(separator: ", "))\(hint)")
        }
        return policy
    }

    private func read<Value: Decodable>(_ name: String) throws(GatewayClientError) -> Value {
        let file = "\(self.path)/\(name)"
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw .setup(self.sentence(for: error, reading: name))
        }
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw .setup("\(file) cannot be read as \(name): \(GatewayFolder.reason(error)); start the gateway anew")
        }
    }

    private func sentence(for error: any Error, reading name: String) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile:
            "no \(name) in \(self.path): start the gateway with `weir serve --data \(self.path)`, or name its folder "
                + "with --data DIR or its connection string in WEIR_CONNECTION_STRING"
        case .fileReadNoPermission:
            "\(self.path)/\(name) may be read by its owner only: run this command as the user that runs the gateway"
        default:
            "\(self.path)/\(name) cannot be read: \(GatewayFolder.reason(error))"
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        return switch error {
        case .keyNotFound(let key, _): "the key “\(key.stringValue)” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has the wrong type"
        default: "it is not JSON"
        }
    }
}
