import NIOCore
import Testing

@testable import KafkaServer

@Suite("which host clients are told, contract kafka §7")
struct AdvertisedHostTests {
    @Test(
        "what is configured, else the listener's address, else a name for the one the client used",
        arguments: [
            ("0.0.0.0", "broker.example", "10.0.0.1", "broker.example"),
            ("127.0.0.1", nil, "127.0.0.1", "127.0.0.1"),
            ("10.0.0.1", nil, "10.0.0.1", "10.0.0.1"),
            ("0.0.0.0", nil, "127.0.0.1", "localhost"),
            ("0.0.0.0", nil, "10.0.0.1", "gw"),
            ("::", nil, "::1", "localhost"),
        ]
    )
    func name(host: String, advertised: String?, local: String, expected: String) throws {
        let listener = KafkaServer.Listener(host: host, port: 0, advertisedHost: advertised)
        let address = try SocketAddress(ipAddress: local, port: 9_092)
        #expect(AdvertisedHost.name(listener: listener, local: address, hostNames: ["localhost", "gw"]) == expected)
    }

    @Test("without a name for it the address itself is told")
    func address() throws {
        let listener = KafkaServer.Listener(host: "0.0.0.0", port: 0)
        let address = try SocketAddress(ipAddress: "10.0.0.1", port: 9_092)
        #expect(AdvertisedHost.name(listener: listener, local: address, hostNames: ["localhost"]) == "10.0.0.1")
    }
}
