import Gateway
import Testing

@Suite("kafka.advertised")
struct KafkaSettingsTests {
    @Test(
        "host, host:port, and IPv6 in brackets",
        arguments: [
            ("gw", "gw", nil), ("gw:9092", "gw", 9_092), ("[::1]", "::1", nil), ("[::1]:9093", "::1", 9_093),
        ] as [(String, String, Int?)]
    )
    func parts(text: String, host: String, port: Int?) throws {
        let parts = try #require(KafkaSettings.hostAndPort(text))
        #expect(parts.host == host)
        #expect(parts.port == port)
        #expect(KafkaSettings.fault(ofAdvertised: text) == nil)
    }

    @Test("everything else is a fault", arguments: ["gw:0", "gw:65536", "gw:x", ":9092", "::1", "[::1", "[::1]x"])
    func faults(text: String) {
        #expect(KafkaSettings.fault(ofAdvertised: text) != nil)
    }

    @Test("without authentication only loopback is possible", arguments: [("127.0.0.1", 0), ("0.0.0.0", 1), ("gw", 1)])
    func loopback(host: String, faults: Int) {
        let reader = ConfigurationReader(
            assignments: ["kafka.authentication=none", "kafka.host=\(host)"],
            environment: [:],
            file: nil
        )
        var found = 0
        do {
            let configuration = try reader.configuration(hostName: "gw")
            #expect(!configuration.kafka.isAuthenticated)
        } catch {
            found = error.faults.count
        }
        #expect(found == faults)
    }
}
