import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel

extension DeviceRoutes {
    /// Entries of one bulk request.
    static let bulkEntriesMax = 100

    /// One refused entry.
    private struct Refusal {
        var deviceID: String
        var moduleID: String?
        var error: HubError
    }

    /// Up to 100 changes in one request and one transaction; the good entries of a failed request are done all the
    /// same, and the answer has the same form with 200 and 400.
    @Sendable func bulk(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let entries = try await request.json([IdentityBody].self, limit: self.configuration.bulkBodyBytesMax)
        guard entries.count <= DeviceRoutes.bulkEntriesMax else {
            throw HubError(
                .argumentInvalid,
                "\(entries.count) entries, at most \(DeviceRoutes.bulkEntriesMax) are allowed in one request"
            )
        }
        let hashes = try await self.passwords.hashes(of: entries.map(\.weir))
        let (refusals, changed, modules) = try await self.registry.run { try self.carryOut(entries, hashes: hashes) }
        for (old, new) in changed {
            if let new { self.disconnectIfBarred(old, new) }
        }
        let deleted = Dictionary(grouping: changed.lazy.filter { $0.new == nil }.map(\.old.id), by: DeviceRoutes.noun)
        for (noun, ids) in deleted {
            self.connections.forget(ids.map { .identity($0) }, reason: "the \(noun) was deleted")
        }
        if !modules.isEmpty {
            self.connections.forget(modules.map { .identity($0) }, reason: "the device was deleted")
        }
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

    /// Plans and applies, and finds which modules went with their devices; on the registry's thread.
    private func carryOut(
        _ entries: [IdentityBody],
        hashes: [Int: PasswordHash]
    ) throws -> (refusals: [Refusal], changed: [(old: DeviceIdentity, new: DeviceIdentity?)], modules: [IdentityID]) {
        var refusals = [Refusal]()
        var planned = [(before: DeviceIdentity?, change: RegistryChange)]()
        // What earlier entries of this request will have left, so that entries with one id follow each other.
        var pending = [IdentityID: DeviceIdentity?]()
        for (index, entry) in entries.enumerated() {
            let name = entry.id ?? entry.deviceId ?? ""
            do throws(HubError) {
                let id = try IdentityBody.checkedID(name, module: entry.moduleId)
                _ = try entry.weir?.newPassword()
                let current: DeviceIdentity?
                if let earlier = pending[id] { current = earlier } else { current = try self.stored(id) }
                let change = try DeviceRoutes.change(entry, id: id, current: current, hash: hashes[index])
                planned.append((current, change))
                pending[id] = .some(DeviceRoutes.outcome(of: change, current: current))
            } catch {
                refusals.append(Refusal(deviceID: name, moduleID: entry.moduleId, error: error))
            }
        }
        var changed = [(old: DeviceIdentity, new: DeviceIdentity?)]()
        let modules = try planned.map { plan -> [IdentityID] in
            guard case .delete(let id, _) = plan.change else { return [] }
            return try self.modules(goingWith: id)
        }
        var gone = [IdentityID]()
        let outcomes = try self.identities.apply(planned.map(\.change))
        for (index, (plan, outcome)) in zip(planned, outcomes).enumerated() {
            switch outcome {
            case .success(let new):
                if let old = plan.before { changed.append((old, new)) }
                gone += modules[index]
            case .failure(let error):
                let id = plan.change.id
                refusals.append(Refusal(deviceID: id.device, moduleID: id.module, error: HubError(error)))
            }
        }
        return (refusals, changed, gone)
    }

    private func stored(_ id: IdentityID) throws(HubError) -> DeviceIdentity? {
        do {
            return try self.identities.identity(id)
        } catch {
            throw HubError(error)
        }
    }

    /// The change an entry asks for.
    private static func change(
        _ entry: IdentityBody,
        id: IdentityID,
        current: DeviceIdentity?,
        hash: PasswordHash?
    ) throws(HubError) -> RegistryChange {
        let mode = entry.importMode ?? "createOrUpdate"
        switch mode {
        case "create":
            return .create(try entry.identity(id: id, replacing: nil, hash: hash))
        case "createOrUpdate":
            return .createOrUpdate(try entry.identity(id: id, replacing: current, hash: hash))
        case "createOrUpdateIfMatchETag":
            let wanted = try entry.identity(id: id, replacing: current, hash: hash)
            return current == nil ? .create(wanted) : .update(wanted, ifMatch: try self.condition(entry))
        case "update":
            return .update(try entry.identity(id: id, replacing: current, hash: hash), ifMatch: .exists)
        case "updateIfMatchETag":
            return .update(
                try entry.identity(id: id, replacing: current, hash: hash),
                ifMatch: try self.condition(entry)
            )
        case "delete":
            return .delete(id, ifMatch: .exists)
        case "deleteIfMatchETag":
            return .delete(id, ifMatch: try self.condition(entry))
        case "updateTwin", "updateTwinIfMatchETag":
            throw HubError(.argumentInvalid, "importMode \(mode): this version has no twins")
        default:
            let expected = "create, update, createOrUpdate or delete"
            throw HubError(.argumentInvalid, "importMode is “\(mode.prefix(64))”, expected \(expected)")
        }
    }

    private static func condition(_ entry: IdentityBody) throws(HubError) -> ETagCondition {
        guard let etag = entry.eTag, !etag.isEmpty else {
            throw HubError(.argumentInvalid, "importMode \(entry.importMode ?? "") needs an eTag")
        }
        return ETagCondition(header: etag)
    }

    /// What will be stored when the change succeeds.
    private static func outcome(of change: RegistryChange, current: DeviceIdentity?) -> DeviceIdentity? {
        switch change {
        case .create(let wanted): current ?? wanted
        case .update(let wanted, _): current == nil ? nil : wanted
        case .createOrUpdate(let wanted): wanted
        case .delete: nil
        }
    }
}
