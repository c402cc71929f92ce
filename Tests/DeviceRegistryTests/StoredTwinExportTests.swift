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
                "deviceId": "dev1", "status": "enabled",
                "authentication": ["type": "sas", "symmetricKey": ["primaryKey": "AAAA", "secondaryKey": "BBBB"]],
                "tags": ["site": "a"],
                "properties": ["desired": ["x": ["y": 1]], "reported": ["fw": "1.0"]],
            ]
        )
        let read = try JSONValue(parsing: stored.exportEntry.bytes)
        let reported = try SectionPatch(
            try #require(read.object?["properties"]?.object?["reported"]),
            for: .reported
        )
        let entry = RegistryEntry(
            .create,
            try Registry.identity("dev2"),
            twin: try TwinPatch(read),
            reported: reported,
            modelID: "dtmi:m;1",
            author: "policy:p"
        )
        let again = try #require(try registry.store.apply([entry])[0].get().stored)
        var line = stored.exportEntry
        line.set("deviceId", to: "dev2")
        line.set("modelId", to: "dtmi:m;1")
        #expect(try #require(try registry.store.twin(again.identity.id)).exportEntry == line)
    }

    @Test("a line says of a device that it is an edge device, and of no other")
    func edge() throws {
        let registry = try Registry()
        var identity = try Registry.identity("dev1")
        identity.isEdge = true
        try registry.store.apply(.create(identity))
        let stored = try #require(try registry.store.twin(identity.id))
        #expect(stored.exportEntry["capabilities"] == ["iotEdge": .bool(true)])
        #expect(stored.serviceView(live: LiveState(), messageCount: 0)["capabilities"] == ["iotEdge": .bool(true)])
    }

    @Test("reported properties that are too large are refused with the whole entry")
    func largeReport() throws {
        let registry = try Registry()
        let long = String(repeating: "x", count: 4_000)
        let members = (0..<9).map { "\"k\($0)\":\"\(long)\"" }.joined(separator: ",")
        let entry = RegistryEntry(
            .create,
            try Registry.identity("dev1"),
            reported: try SectionPatch.reported(parsing: "{\(members)}".utf8),
            author: ""
        )
        guard case .failure(.twin) = try registry.store.apply([entry])[0] else {
            Issue.record("it was taken")
            return
        }
        #expect(try registry.store.twin(Registry.id("dev1")) == nil)
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
