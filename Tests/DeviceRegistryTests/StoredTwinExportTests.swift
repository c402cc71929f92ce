import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("lines of an exported registry")
struct StoredTwinExportTests {
    @Test("a line is a bulk entry with keys, tags and properties; what it says of the twin makes the same values again")
    func line() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1", twin: #"{"tags":{"site":"a"},"properties":{"desired":{"x":{"y":1}}}}"#)
        try registry.report("dev1", #"{"fw":"1.0"}"#)
        let stored = try #require(try registry.store.twin(Registry.id("dev1")))
        #expect(
            stored.exportEntry == [
                "id": "dev1", "eTag": .string(stored.identity.etag), "status": "enabled",
                "authentication": ["type": "sas", "symmetricKey": ["primaryKey": "AAAA", "secondaryKey": "BBBB"]],
                "twinETag": "AAAAAAAAAAI=", "tags": ["site": "a"],
                "properties": [
                    "desired": ["x": ["y": 1], "$version": 1], "reported": ["fw": "1.0", "$version": 2],
                ],
            ]
        )
        let read = try JSONValue(parsing: stored.exportEntry.bytes)
        let entry = RegistryEntry(.create, try Registry.identity("dev2"), twin: try TwinPatch(read), author: "policy:p")
        let again = try #require(try registry.store.apply([entry])[0].get())
        #expect(again.twin.tags == stored.twin.tags && again.twin.desired.values == stored.twin.desired.values)
    }

    @Test("thumbprints, status, topics, limits and the password's hash are in it, and only where there are some")
    func access() throws {
        let registry = try Registry()
        try registry.enter(.create, "dev1")
        let thumbprint = try #require(Thumbprint(String(repeating: "ab", count: 20)))
        var identity = DeviceIdentity(
            id: try Registry.id("dev1/m"),
            status: .disabled,
            statusReason: "spare",
            kind: .selfSigned,
            secondaryThumbprint: thumbprint
        )
        identity.managedBy = "me"
        let parameters = try #require(PasswordHash.Parameters(checking: 4, blockSize: 8, parallelism: 1))
        let hash = try PasswordHash(hashing: Array("secret".utf8), parameters: parameters)
        identity.access = IdentityAccess(
            password: hash,
            topics: TopicGrants(publish: ["a/#"]),
            limits: RateLimits(bytesPerSecond: 9)
        )
        try registry.store.apply(.create(identity))
        let entry = try #require(try registry.store.twin(identity.id)).exportEntry
        #expect(entry["moduleId"] == "m" && entry["managedBy"] == "me" && entry["statusReason"] == "spare")
        #expect(
            entry["authentication"] == [
                "type": "selfSigned", "x509Thumbprint": ["secondaryThumbprint": .string(thumbprint.hex)],
            ]
        )
        #expect(
            entry["weir"] == [
                "passwordHash": .string(hash.text), "limits": ["bytesPerSecond": 9],
                "permissions": ["publish": .array(["a/#"]), "subscribe": .array([])],
            ]
        )
    }
}
