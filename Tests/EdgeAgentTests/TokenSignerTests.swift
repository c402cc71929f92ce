import EdgeAgent
import EdgeCore
import TelemetryModel
import Testing

@Suite("tokens, iothub-mqtt contract 3: worked examples, computed and compared with the public client's own output")
struct TokenSignerTests {
    private static let expiry = Timestamp(seconds: 1_800_000_000)
    private static let deviceKey = "ZGV2MS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm"

    @Test(
        "string-equal to the contract",
        arguments: [
            (
                deviceKey, "hub.example.org/devices/dev1", nil,
                "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1&sig=ldhg4EoZK8yayokadNugfYBoyioUfRBZvXYRwRXBO0I%3D&se=1800000000"
            ),
            (
                "bW9kMS1wcmltYXJ5LWtleS0wMTIzNDU2Nzg5YWJjZGVm", "hub.example.org/devices/dev1/modules/mod1", nil,
                "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fdev1%2Fmodules%2Fmod1&sig=J1Tjg3lCKgMn%2BgT4urY3Uleai4NwE%2Bh1T6nMhQSmqpc%3D&se=1800000000"
            ),
            (
                deviceKey, "hub.example.org/devices/a:b+c", nil,
                "SharedAccessSignature sr=hub.example.org%2Fdevices%2Fa%3Ab%2Bc&sig=xBomZRCcOEoDmakWEUXSjiBLpbNp5RTIMSPtvqNaD5E%3D&se=1800000000"
            ),
            (
                "b3duZXIta2V5LTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU=", "hub.example.org", "iothubowner",
                "SharedAccessSignature sr=hub.example.org&sig=4O9rdMH6jQLXdeCNcyNEAqbX8Y0dV5PBMIaaW9Izvec%3D&se=1800000000&skn=iothubowner"
            ),
            (
                "c2VydmljZS1rZXktMDEyMzQ1Njc4OWFiY2RlZjAxMjM=", "hub.example.org:9443", "service",
                "SharedAccessSignature sr=hub.example.org%3A9443&sig=9o7Ao%2BaIXe%2FLITrJZDD%2BwOR7SN%2FzeHMNpUEQh0ZHdNo%3D&se=1800000000&skn=service"
            ),
            (
                "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=", "0ne00000001/registrations/sensor-7", nil,
                "SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fsensor-7&sig=5%2BUzRpeoBTdcUsM4xiIdoIrJ7hNrsk7hoeFb1%2Bc%2FHgM%3D&se=1800000000"
            ),
        ] as [(String, String, String?, String)]
    )
    func workedExamples(key: String, resource: String, policy: String?, expected: String) throws {
        let signer = try TokenSigner(base64Key: key)
        #expect(signer.token(resource: resource, expiry: Self.expiry, policy: policy) == expected)
    }

    @Test("a device's key of its group's, provisioning contract 2")
    func derivedKey() throws {
        let group = try TokenSigner(base64Key: "ZHBzLWdyb3VwLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE=")
        let id = try #require(RegistrationID("sensor-7"))
        #expect(group.derivedKey(of: id) == "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=")
    }

    @Test("a board's name does not show its machine-id, and is the same at each start")
    func machineID() {
        // openssl dgst -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef <<< weir-agent, without the line end
        #expect(BoardFacts.applicationID(of: "0123456789abcdef0123456789abcdef") == "34b52135b8a3f73d")
        #expect(BoardFacts.applicationID(of: "short") == nil)
        #expect(BoardFacts.read().hostname?.isEmpty == false)
    }

    @Test(
        "a key that is not whole base64 is refused",
        arguments: [
            "", "abc", "abcde", "ab=d", "a===", "====", "abcd efg", "abcd\n", "ab-_", "äbcd", "=abc", "ab==cdef",
            String(repeating: "A", count: 4_096),
        ]
    )
    func badKeys(key: String) {
        let fault = #expect(throws: TokenSigner.Fault.self) { try TokenSigner(base64Key: key) }
        #expect(key.isEmpty || fault?.message.contains(key) == false, "the key is in the message")
    }

    @Test("keys of every length are taken", arguments: ["YQ==", "YWI=", "YWJj", "YWJjZA=="])
    func lengths(key: String) throws {
        _ = try TokenSigner(base64Key: key)
    }
}
