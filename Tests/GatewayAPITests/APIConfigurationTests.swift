import GatewayAPI
import Testing

@Suite("The API's configuration")
struct APIConfigurationTests {
    @Test(
        "health and metrics are anonymous by default only where nobody else can reach them",
        arguments: [
            ("127.0.0.1", true), ("127.8.8.8", true), ("localhost", true), ("::1", true), ("0.0.0.0", false),
            ("::", false), ("10.0.0.1", false), ("127.0.0.1.example.org", false), ("127.0.0", false),
        ]
    )
    func anonymity(host: String, isAnonymous: Bool) {
        let configuration = APIConfiguration(http: .init(host: host, port: 0), hubNames: ["h"], version: "1")
        #expect(configuration.isObservationAnonymous == isAnonymous)
    }

    @Test("the configuration's own word on anonymity wins")
    func explicit() {
        let configuration = APIConfiguration(hubNames: ["h"], version: "1", isObservationAnonymous: false)
        #expect(!configuration.isObservationAnonymous)
    }
}
