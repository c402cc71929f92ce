import DeviceHub
import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel
import TwinModel

extension DeviceRoutes {
    /// Entries of one bulk request.
    static let bulkEntriesMax = 100

    /// One refused entry.
    private struct Refusal {
        var deviceID: String
        var moduleID: String?
        var error: HubError
    }

    /// What a carried out entry changed of an identity that was there.
    private struct Change {
        var old: DeviceIdentity
        /// `nil`: it was deleted.
        var new: DeviceIdentity?
        /// Whether its desired properties were written.
        var writesDesired: Bool
        /// The modules that were deleted with it.
        var modules: [IdentityID]
    }

    /// What entries want, in their order.
    private struct Wishes {
        var entries: [IdentityBody]
        /// Of entries with tags or desired properties, by index.
        var twins: [Int: Result<TwinPatch, TwinError>]
        /// Of entries with a new password, by index.
        var hashes: [Int: PasswordHash]
        var author: String
    }

    /// Up to 100 changes in one request and one transaction; the good entries of a failed request are done all the
    /// same, and the answer has the same form with 200 and 400.
    @Sendable func bulk(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let bytes = try await request.bytes(limit: self.configuration.bulkBodyBytesMax)
        let entries = try Request.decode([IdentityBody].self, from: bytes)
        guard entries.count <= DeviceRoutes.bulkEntriesMax else {
            throw HubError(
                .argumentInvalid,
                "\(entries.count) entries, at most \(DeviceRoutes.bulkEntriesMax) are allowed in one request"
            )
        }
        let wishes = Wishes(
            entries: entries,
            twins: try DeviceRoutes.twins(in: bytes),
            hashes: try await self.passwords.hashes(of: entries.map(\.weir)),
            author: context.author
        )
        let (refusals, changes) = try await self.registry.run { try self.carryOut(wishes) }
        self.disconnect(after: changes)
        return DeviceRoutes.answer(refusals)
    }

    /// What the entries write into twins, by index.
    private static func twins(in bytes: [UInt8]) throws(HubError) -> [Int: Result<TwinPatch, TwinError>] {
        var twins = [Int: Result<TwinPatch, TwinError>]()
        let entries: JSONValue
        do {
            entries = try JSONValue(parsing: bytes, wideIntegers: .refused)
        } catch {
            throw HubError(.argumentInvalid, "the body is not JSON that twins may hold: \(error)")
        }
        for (index, entry) in (entries.array ?? []).enumerated() {
            var content = JSONObject()
            for name in ["tags", "properties"] {
                // `null` is what some packages write for nothing.
                if let value = entry.object?[name], value != .null { content.set(name, to: value) }
            }
            guard !content.isEmpty else { continue }
            do {
                twins[index] = .success(try TwinPatch(.object(content)))
            } catch {
                twins[index] = .failure(error)
            }
        }
        return twins
    }

    /// Plans and applies; on the registry's thread.
    private func carryOut(_ wishes: Wishes) throws -> (refusals: [Refusal], changes: [Change]) {
        var refusals = [Refusal]()
        var planned = [(before: DeviceIdentity?, entry: RegistryEntry)]()
        // What earlier entries of this request will have left, so that entries with one id follow each other.
        var pending = [IdentityID: DeviceIdentity?]()
        for (index, body) in wishes.entries.enumerated() {
            let name = body.id ?? body.deviceId ?? ""
            do throws(HubError) {
                let id = try IdentityBody.checkedID(name, module: body.moduleId)
                _ = try body.weir?.newPassword()
                let current: DeviceIdentity?
                if let earlier = pending[id] { current = earlier } else { current = try self.stored(id) }
                let entry = try DeviceRoutes.entry(body, id: id, current: current, of: wishes, at: index)
                planned.append((current, entry))
                pending[id] = .some(DeviceRoutes.outcome(of: entry, current: current))
            } catch {
                refusals.append(Refusal(deviceID: name, moduleID: body.moduleId, error: error))
            }
        }
        let modules = try planned.map { plan -> [IdentityID] in
            switch plan.entry.mode {
            case .delete, .deleteIfMatchETag: try self.modules(goingWith: plan.entry.identity.id)
            case .create, .update, .updateIfMatchETag, .createOrUpdate, .createOrUpdateIfMatchETag, .updateTwin,
                .updateTwinIfMatchETag:
                []
            }
        }
        var changes = [Change]()
        let outcomes = try self.identities.apply(planned.map(\.entry))
        for (index, (plan, outcome)) in zip(planned, outcomes).enumerated() {
            switch outcome {
            case .success(let new):
                if new != nil { self.changed(plan.entry.identity.id) }
                guard let old = plan.before else { continue }
                changes.append(
                    Change(
                        old: old,
                        new: new?.identity,
                        writesDesired: plan.entry.twin?.desired != nil,
                        modules: modules[index]
                    )
                )
            case .failure(let refusal):
                let id = plan.entry.identity.id
                refusals.append(Refusal(deviceID: id.device, moduleID: id.module, error: HubError(refusal)))
            }
        }
        return (refusals, changes)
    }

    private func stored(_ id: IdentityID) throws(HubError) -> DeviceIdentity? {
        do {
            return try self.identities.identity(id)
        } catch {
            throw HubError(error)
        }
    }

    /// Closes the connections of whoever was deleted or barred, and of whose desired properties were written: they read
    /// them when they are back.
    private func disconnect(after changes: [Change]) {
        for change in changes {
            guard let new = change.new else { continue }
            self.disconnectIfBarred(change.old, new)
            if change.writesDesired, self.connections.isConnected(.identity(new.id)) {
                self.connections.disconnect(.identity(new.id), reason: "its twin was replaced by a bulk request")
            }
        }
        let deleted = Dictionary(grouping: changes.lazy.filter { $0.new == nil }.map(\.old.id), by: DeviceRoutes.noun)
        for (noun, ids) in deleted {
            self.connections.forget(ids.map { .identity($0) }, reason: "the \(noun) was deleted")
        }
        let modules = changes.flatMap(\.modules)
        if !modules.isEmpty {
            self.connections.forget(modules.map { .identity($0) }, reason: "the device was deleted")
        }
    }

    /// The entry for the registry.
    private static func entry(
        _ body: IdentityBody,
        id: IdentityID,
        current: DeviceIdentity?,
        of wishes: Wishes,
        at index: Int
    ) throws(HubError) -> RegistryEntry {
        let text = body.importMode ?? RegistryEntry.Mode.createOrUpdate.rawValue
        guard var mode = RegistryEntry.Mode(rawValue: text) else {
            let known = RegistryEntry.Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "importMode is “\(text.prefix(64))”, expected one of \(known)")
        }
        let twin: TwinPatch?
        switch wishes.twins[index] {
        case .success(let patch)?: twin = patch
        case .failure(let error)?: throw HubError(twin: error)
        case nil: twin = nil
        }
        let identity =
            switch mode {
            case .create: try body.identity(id: id, replacing: nil, hash: wishes.hashes[index])
            case .update, .updateIfMatchETag, .createOrUpdate, .createOrUpdateIfMatchETag:
                try body.identity(id: id, replacing: current, hash: wishes.hashes[index])
            case .delete, .deleteIfMatchETag, .updateTwin, .updateTwinIfMatchETag: DeviceIdentity(id: id)
            }
        var etag: String?
        var twinETag: String?
        switch mode {
        case .updateIfMatchETag:
            etag = try self.etag(body.eTag, named: "eTag", for: text)
            if etag == nil { mode = .update }
        case .createOrUpdateIfMatchETag where current != nil:
            etag = try self.etag(body.eTag, named: "eTag", for: text)
            if etag == nil { mode = .createOrUpdate }
        case .deleteIfMatchETag:
            etag = try self.etag(body.eTag, named: "eTag", for: text)
            if etag == nil { mode = .delete }
        case .updateTwinIfMatchETag:
            twinETag = try self.etag(body.twinETag, named: "twinETag", for: text)
            if twinETag == nil { mode = .updateTwin }
        case .create, .update, .createOrUpdate, .createOrUpdateIfMatchETag, .delete, .updateTwin:
            break
        }
        return RegistryEntry(mode, identity, etag: etag, twin: twin, twinETag: twinETag, author: wishes.author)
    }

    /// The bare etag of an entry; `nil` for `*`.
    private static func etag(_ text: String?, named name: String, for mode: String) throws(HubError) -> String? {
        guard let text, !text.isEmpty else {
            throw HubError(.argumentInvalid, "importMode \(mode) needs the member \(name)")
        }
        switch EntityTagCondition(header: text) {
        case .any: return nil
        case .etag(let etag): return etag
        }
    }

    /// What will be stored when the entry succeeds.
    private static func outcome(of entry: RegistryEntry, current: DeviceIdentity?) -> DeviceIdentity? {
        switch entry.mode {
        case .create: current ?? entry.identity
        case .update, .updateIfMatchETag: current == nil ? nil : entry.identity
        case .createOrUpdate, .createOrUpdateIfMatchETag: entry.identity
        case .delete, .deleteIfMatchETag: nil
        case .updateTwin, .updateTwinIfMatchETag: current
        }
    }

    private static func answer(_ refusals: [Refusal]) -> Response {
        var writer = JSONWriter(capacity: 64 + refusals.count * 160)
        writer.beginObject()
        writer.key("isSuccessful")
        writer.bool(refusals.isEmpty)
        writer.key("errors")
        writer.beginArray()
        for refusal in refusals {
            writer.beginObject()
            writer.key("deviceId")
            writer.string(refusal.deviceID)
            if let module = refusal.moduleID {
                writer.key("moduleId")
                writer.string(module)
            }
            writer.key("errorCode")
            writer.string(refusal.error.code.rawValue)
            writer.key("errorStatus")
            writer.string(refusal.error.message)
            writer.endObject()
        }
        writer.endArray()
        writer.key("warnings")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes, status: refusals.isEmpty ? .ok : .badRequest)
    }
}
