import GatewayClient
import NIOCore
import NIOSSL

/// A gateway as the fleet uses it: its API for registering, its MQTT address for the devices.
struct GatewayAccess {
    /// Ports of MQTT when a connection string says nothing.
    private static let portPlain = 1_883
    private static let portTLS = 8_883

    let client: GatewayClient
    /// What user names and tokens are made for.
    let hubName: String
    let transport: FleetTransport

    /// Finds the gateway: `--data`, else `WEIR_CONNECTION_STRING`, else `./weir-data`.
    init(_ options: GatewayOptions, environment: [String: String]) throws(Failure) {
        let connection: GatewayConnection
        let folder: GatewayFolder?
        let endpoints: EndpointsFile?
        do throws(GatewayClientError) {
            connection = try GatewayConnection.resolve(data: options.data, environment: environment)
            let isElsewhere = connection.origin == GatewayConnection.environmentVariable
            folder = isElsewhere ? nil : GatewayFolder(options.data ?? GatewayFolder.defaultPath)
            endpoints = try folder?.endpoints()
        } catch {
            throw Failure(error)
        }
        self.client = GatewayClient(connection: connection)
        self.hubName = GatewayAccess.host(of: connection.hubName)
        let address = try GatewayAccess.address(options, endpoints: endpoints, apiAddress: connection.address)
        var security: FleetTransport.Security?
        if options.tls {
            security = try GatewayAccess.security(
                address: address,
                names: endpoints?.hubNames ?? [],
                authority: options.ca ?? folder?.authorityPath
            )
        }
        self.transport = FleetTransport(address: try GatewayAccess.resolve(address), security: security)
    }

    /// `host:port` of MQTT.
    private static func address(
        _ options: GatewayOptions,
        endpoints: EndpointsFile?,
        apiAddress: String
    ) throws(Failure) -> String {
        if let address = options.mqtt { return address }
        guard let endpoints else {
            let host = GatewayAccess.host(of: apiAddress)
            return "\(host):\(options.tls ? GatewayAccess.portTLS : GatewayAccess.portPlain)"
        }
        guard let address = options.tls ? endpoints.mqtts : endpoints.mqtt else {
            throw Failure(
                options.tls
                    ? "the gateway has no MQTT over TLS: set mqtt.tlsPort in its configuration, or leave out --tls"
                    : "the gateway has no MQTT over TCP: set mqtt.port in its configuration, or use --tls"
            )
        }
        return EndpointsFile.reachable(address)
    }

    private static func resolve(_ address: String) throws(Failure) -> SocketAddress {
        let host = GatewayAccess.host(of: address)
        guard host.utf8.count < address.utf8.count, let port = Int(address.dropFirst(host.utf8.count + 1)),
            (1...65_535).contains(port)
        else {
            throw Failure("“\(address)” is no address of MQTT: write host:port, such as 127.0.0.1:1883")
        }
        do {
            return try SocketAddress.makeAddressResolvingHost(GatewayAccess.withoutBrackets(host), port: port)
        } catch {
            throw Failure("the host \(host) is not known: check the address")
        }
    }

    /// TLS with the host name checked: the address's own, or the hub's first name where the address is a number.
    private static func security(
        address: String,
        names: [String],
        authority: String?
    ) throws(Failure) -> FleetTransport.Security {
        let host = GatewayAccess.withoutBrackets(GatewayAccess.host(of: address))
        let isNumber = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let serverName = isNumber ? names.contains("localhost") ? "localhost" : names.first ?? "localhost" : host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        do {
            if let authority { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority)) }
            return FleetTransport.Security(
                context: try NIOSSLContext(configuration: configuration),
                serverName: serverName
            )
        } catch {
            throw Failure(
                "the CA \(authority ?? "of this machine") cannot be used: \(error); name a PEM file with --ca"
            )
        }
    }

    /// The part before the last `:port`.
    private static func host(of address: String) -> String {
        guard let colon = address.lastIndex(of: ":") else { return address }
        let port = address[address.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return address }
        return String(address[..<colon])
    }

    private static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
