import DeviceRegistry
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

extension Registry {
    /// When everything in these tests happens, unless it says when.
    static let now = Timestamp(seconds: 1_795_000_000)

    /// An identity that is not stored yet.
    static func identity(_ id: String) throws -> DeviceIdentity {
        DeviceIdentity(id: try Self.id(id), primaryKey: "AAAA", secondaryKey: "BBBB")
    }

    static func id(_ text: String) throws -> IdentityID {
        try #require(IdentityID(text))
    }

    /// Tags and desired properties from the body of a request.
    static func patch(_ json: String) throws -> TwinPatch {
        try TwinPatch(parsing: json.utf8)
    }

    /// Carries out one entry.
    @discardableResult
    func enter(
        _ mode: RegistryEntry.Mode,
        _ id: String,
        etag: String? = nil,
        twin: String? = nil,
        twinETag: String? = nil,
        author: String = "policy:test"
    ) throws -> StoredTwin? {
        let entry = RegistryEntry(
            mode,
            try Self.identity(id),
            etag: etag,
            twin: try twin.map(Self.patch),
            twinETag: twinETag,
            author: author
        )
        return try self.store.apply([entry])[0].get().stored
    }

    /// Carries out the service's update of a twin.
    @discardableResult
    func update(_ id: String, _ json: String, at time: Timestamp = Registry.now) throws -> TwinOutcome {
        let kind = TwinWrite.Kind.update(try Self.patch(json), ifMatch: .any)
        return try self.store.apply([TwinWrite(kind, of: try Self.id(id), author: "policy:test", at: time)])[0].get()
    }

    /// Carries out a device's patch.
    @discardableResult
    func report(_ id: String, _ json: String, at time: Timestamp = Registry.now) throws -> TwinOutcome {
        let kind = TwinWrite.Kind.report(try SectionPatch.reported(parsing: json.utf8), ifVersion: nil)
        let write = TwinWrite(kind, of: try Self.id(id), author: "device:\(id)", at: time)
        return try self.store.apply([write])[0].get()
    }

    /// Everything in the outbox.
    func events() throws -> [HubEvent] {
        try self.store.outbox(after: 0, limit: .max, bytesMax: .max).map(\.event)
    }
}

extension HubEvent {
    /// The value as a tree.
    var body: JSONObject {
        get throws { try #require(try JSONValue(parsing: self.value).object) }
    }

    /// What it is, in one word: `dev1 createDeviceIdentity`.
    var summary: String { "\(self.id.map(\.description) ?? "-") \(self.operation)" }
}
