import HubProtocol
import TelemetryModel
import TestSupport
import Testing

@Suite("shared access signatures, contract iothub-mqtt section 3")
struct SASTokenTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var key: String
        var resource: String
        var policy: String?
        var token: String

        var testDescription: String { self.name }
    }

    static let deviceKey = "ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"

    static let examples = [
        Example(
            name: "device",
            key: deviceKey,
            resource: "hub.example.org/devices/dev1",
            token: "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1"
                + "&sig=ldhg4EoZK8yayokadNugfYBoyioUfRBZvXYRwRXBO0I%3D&se=1800000000"
        ),
        Example(
            name: "module",
            key: "bW9kMS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm",
            resource: "hub.example.org/devices/dev1/modules/mod1",
            token: "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1%2Fmodules%2Fmod1"
                + "&sig=J1Tjg3lCKgMn%2BgT4urY3Uleai4NwE%2Bh1T6nMhQSmqpc%3D&se=1800000000"
        ),
        Example(
            name: "odd id",
            key: deviceKey,
            resource: "hub.example.org/devices/a:b+c",
            token: "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fa%3Ab%2Bc"
                + "&sig=xBomZRCcOEoDmakWEUXSjiBLpbNp5RTIMSPtvqNaD5E%3D&se=1800000000"
        ),
        Example(
            name: "policy",
            key: "b3duZXIta2V5LTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU=",
            resource: "hub.example.org",
            policy: "iothubowner",
            token: "SharedAccessSignature sr=hub.example.org"
                + "&sig=4O9rdMH6jQLXdeCNcyNEAqbX8Y0dV5PBMIaaW9Izvec%3D&se=1800000000&skn=iothubowner"
        ),
        Example(
            name: "provisioning",
            key: "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=",
            resource: "0ne00000001/registrations/sensor-7",
            token: "SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fsensor-7"
                + "&sig=5%2BUzRpeoBTdcUsM4xiIdoIrJ7hNrsk7hoeFb1%2Bc%2FHgM%3D&se=1800000000"
        ),
    ]

    @Test("the worked examples are made to the letter and verified", arguments: examples)
    func worked(example: Example) throws {
        let key = try #require(SASToken.keyBytes(example.key))
        let made = SASToken.make(
            resource: example.resource,
            key: key,
            expiry: Timestamp(seconds: 1_800_000_000),
            policy: example.policy
        )
        #expect(made == example.token)
        let token = try SASToken(parsing: example.token)
        #expect(token.resource == example.resource)
        #expect(token.policy == example.policy)
        #expect(token.expiry == Timestamp(seconds: 1_800_000_000))
        #expect(token.isSigned(with: key))
        #expect(!token.isSigned(with: key.reversed()))
    }

    @Test(
        "the resource is signed as the client encoded it: bare slashes and lower-case hex verify too",
        arguments: [
            (
                "SharedAccessSignature sr=hub.example.org%3A9443&sig=9o7Ao+aIXe/LITrJZDD+wOR7SN/zeHMNpUEQh0ZHdNo="
                    + "&se=1800000000&skn=service", "c2VydmljZS1rZXktMDEyMzQ1Njc4OWFiY2RlZjAxMjM="
            ),
            (
                "SharedAccessSignature se=1800000000&skn=&sig=ldhg4EoZK8yayokadNugfYBoyioUfRBZvXYRwRXBO0I%3D"
                    + "&sr=hub.example.org%2Fdevices%2Fdev1", deviceKey
            ),
        ]
    )
    func asWritten(text: String, key: String) throws {
        let token = try SASToken(parsing: text)
        #expect(token.isSigned(withAnyOf: ["AAAA", key]))
        #expect(!token.isSigned(withAnyOf: ["AAAA"]))
        #expect(!token.isSigned(withAnyOf: []))
    }

    @Test(
        "a text that is no token is refused",
        arguments: [
            "", "SharedAccessSignature", "SharedAccessSignature ", "Bearer x",
            "SharedAccessSignature sr=a&sig=AAAA", "SharedAccessSignature sr=a&se=1",
            "SharedAccessSignature sig=AA&se=1",
            "SharedAccessSignature sr=a&sig=A&se=1", "SharedAccessSignature sr=a&sig=AAAA&se=x",
            "SharedAccessSignature sr=a&sig=AAAA&se=-1", "SharedAccessSignature sr=a&sig=AAAA&se=99999999999999999999",
            "SharedAccessSignature sr=%zz&sig=AAAA&se=1", "SharedAccessSignature sr=a&sr=b&sig=AAAA&se=1",
            "SharedAccessSignature sr=&sig=AAAA&se=1",
        ]
    )
    func malformed(text: String) {
        #expect(throws: HubSyntaxError.self) { try SASToken(parsing: text) }
    }

    @Test(
        "a token covers its resource and what lies below it, without case",
        arguments: [
            ("hub.example.org", "hub.example.org/devices/dev1", true),
            ("HUB.example.org", "hub.Example.org/devices/dev1", true),
            ("hub.example.org/devices/dev1", "hub.example.org/devices/dev1", true),
            ("hub.example.org/devices/dev1", "hub.example.org/devices/dev1/modules/m", true),
            ("hub.example.org/devices/dev1", "hub.example.org/devices/dev10", false),
            ("hub.example.org/devices/dev1", "hub.example.org/devices/dev", false),
            ("hub.example.org/devices/dev1", "hub.example.org", false),
        ]
    )
    func coverage(resource: String, wanted: String, expected: Bool) throws {
        let text = SASToken.make(resource: resource, key: [1], expiry: Timestamp(seconds: 1))
        #expect(try SASToken(parsing: text).covers(wanted) == expected)
    }

    @Test("random bytes never trap the parser")
    func fuzz() {
        var random = SeededGenerator.announced()
        let pieces = [
            "SharedAccessSignature ", "sr=", "sig=", "se=", "skn=", "&", "=", "%", "%2", "AAAA", "1", "ü", "\u{0}",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            guard let token = try? SASToken(parsing: text.joined()) else { continue }
            #expect(!token.resource.isEmpty)
        }
    }
}
