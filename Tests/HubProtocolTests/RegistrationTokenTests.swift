import HubProtocol
import TelemetryModel
import Testing

@Suite("tokens of registrations, contract provisioning section 1")
struct RegistrationTokenTests {
    @Test(
        "a token opens its own registration until it ends",
        arguments: [
            ("0ne1/registrations/sensor-7", nil, 1_000, nil),
            ("0ne1/registrations/sensor-7", "registration", 1_000, nil),
            ("0NE1/registrations/Sensor-7", nil, 1_000, nil),
            ("0ne1/registrations/sensor-7", "device", 1_000, .unknownPolicy),
            ("0ne1/registrations/sensor-8", nil, 1_000, .wrongResource), ("0ne1", nil, 1_000, .wrongResource),
            ("0ne2/registrations/sensor-7", nil, 1_000, .wrongResource),
            ("0ne1/registrations/sensor-7/x", nil, 1_000, .wrongResource),
            ("0ne1/registrations/sensor-7", nil, 999, .expired), ("0ne1/registrations/sensor-7", nil, 998, .expired),
        ] as [(String, String?, Int64, TokenVerifier.Refusal?)]
    )
    func check(resource: String, policy: String?, expiry: Int64, expected: TokenVerifier.Refusal?) throws {
        let id = try #require(RegistrationID("sensor-7"))
        let token = try SASToken(
            parsing: SASToken.make(
                resource: resource,
                key: [1, 2, 3],
                expiry: Timestamp(seconds: expiry),
                policy: policy
            )
        )
        var refusal: TokenVerifier.Refusal?
        do throws(TokenVerifier.Refusal) {
            try token.checkRegistration(id, idScope: "0ne1", at: Timestamp(seconds: 999))
        } catch {
            refusal = error
        }
        #expect(refusal == expected)
    }
}
