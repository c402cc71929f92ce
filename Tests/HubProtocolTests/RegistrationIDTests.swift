import HubProtocol
import Testing

@Suite("registration ids and the keys derived from them, contract provisioning section 2")
struct RegistrationIDTests {
    @Test(
        "a registration id has 1 to 128 letters, digits and - . _ : and ends with a letter or digit",
        arguments: [
            ("sensor-7", true), ("a", true), ("A.b_c:9", true), (String(repeating: "x", count: 128), true),
            ("", false), (String(repeating: "x", count: 129), false), ("sensor-", false), ("sensor.", false),
            ("sen sor", false), ("sensor/7", false), ("sensör", false), ("sensor٣", false), ("a#b", false),
        ]
    )
    func syntax(text: String, isAllowed: Bool) {
        #expect((RegistrationID(text) != nil) == isAllowed)
    }

    @Test("a group's device key is derived from the id as it is written, the record is found without case")
    func derivedKey() throws {
        let groupKey = "ZHBzLWdyb3VwLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDE="
        let id = try #require(RegistrationID("sensor-7"))
        #expect(id.deviceKey(ofGroup: groupKey) == "wA8ltbpIxFDjODWt3hKt6Om7h/pIbnLqfvcmTPx6oEE=")
        #expect(id.deviceKey(ofGroup: "not base64!") == nil)
        let other = try #require(RegistrationID("Sensor-7"))
        #expect(other.deviceKey(ofGroup: groupKey) != id.deviceKey(ofGroup: groupKey))
        #expect(other.key == id.key)
    }
}
