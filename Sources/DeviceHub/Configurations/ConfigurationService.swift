package import DeviceRegistry
package import FleetQuery
package import HubProtocol
package import Logging
package import TelemetryJSON
package import TelemetryModel
package import TwinModel

/// Automatic device management: what configurations say is written into the twins that meet their conditions, and taken away
/// from those that meet them no more.
///
/// All twins are looked at soon after a configuration changes and every five minutes, a single one soon after it changes; also
/// when somebody else has overwritten what a configuration holds. Source: contract iothub-rest section 7.
package final class ConfigurationService: Sendable {
    /// How many there may be.
    package static let countMax = 100

    private let store: any ConfigurationStore
    private let sources: JobSources
    private let mailbox = ConfigurationMailbox()
    private let metrics: ConfigurationMetrics
    private let logger: Logger

    /// The configurations of a store; nothing is written before ``run()``.
    package init(store: any ConfigurationStore, sources: JobSources, logger: Logger) {
        self.store = store
        self.sources = sources
        self.metrics = ConfigurationMetrics(store: store, sources: sources)
        self.logger = logger
    }

    /// Makes a configuration, or changes labels, condition, priority and metrics of one.
    ///
    /// - Parameters:
    ///   - id: the operator's name for it.
    ///   - body: of the request.
    ///   - condition: `nil` makes a new one; else one that is there is changed.
    ///   - author: who asks: `policy:iothubowner`.
    /// - Returns: Its document.
    /// - Throws: `argumentInvalid`, `tooLarge`, `configurationAlreadyExists`, `configurationNotFound`, `preconditionFailed`,
    ///   `quotaExceeded`, `serverError`.
    package func put(
        _ id: String,
        _ body: JSONObject,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) async throws(HubError) -> JSONObject {
        guard IdentityID.isValidPart(id) else {
            throw HubError(
                .argumentInvalid,
                "a configuration's id has 1 to 128 letters, digits and characters of -:.+%_#*?!(),=@;$'"
            )
        }
        let (store, now) = (self.store, self.sources.now())
        let stored: StoredConfiguration
        if let condition {
            var body = body
            let content = try await self.stored(id).content
            if body["content"] == nil { body["content"] = .object(content) }
            let request = try ConfigurationRequest(body, id: id)
            guard request.members["content"] == .object(content) else {
                throw HubError(.argumentInvalid, "the content of a configuration cannot be changed; make another one")
            }
            let event = ConfigurationDocument.event("update", of: id, body: request.members, author: author, at: now)
            stored = try await self.changing(id) { () throws(ConfigurationRefusal) in
                try store.update(id, body: request.members.bytes, etag: condition.etag, at: now, event: event)
            }
        } else {
            let request = try ConfigurationRequest(body, id: id)
            let new = StoredConfiguration(id: id, body: request.members.bytes, createdTime: now)
            let event = ConfigurationDocument.event("create", of: id, body: request.members, author: author, at: now)
            stored = try await self.changing(id) { () throws(ConfigurationRefusal) in
                try store.add(new, limit: ConfigurationService.countMax, event: event)
            }
        }
        self.mailbox.lookAtAll()
        return try await self.view(of: stored)
    }

    /// The document of a configuration, with fresh metrics.
    ///
    /// - Throws: `configurationNotFound`, `serverError`.
    package func configuration(_ id: String) async throws(HubError) -> JSONObject {
        try await self.metrics.refresh(try await self.stored(id))
        return try await self.view(of: try await self.stored(id))
    }

    /// The documents of the configurations with the highest priorities, those first.
    ///
    /// - Parameter count: how many at most.
    /// - Returns: The documents, with metrics of the last look.
    /// - Throws: `serverError`.
    package func configurations(top count: Int) async throws(HubError) -> [JSONObject] {
        let stored = try await self.all().sorted { ($0.request?.priority ?? 0) > ($1.request?.priority ?? 0) }
        var views: [JSONObject] = []
        for configuration in stored.prefix(max(0, count)) { views.append(try await self.view(of: configuration)) }
        return views
    }

    /// Deletes a configuration; what it holds in twins is taken away soon.
    ///
    /// - Throws: `configurationNotFound`, `preconditionFailed`, `serverError`.
    package func delete(
        _ id: String,
        ifMatch condition: EntityTagCondition,
        author: String
    ) async throws(HubError) {
        let store = self.store
        let event = ConfigurationDocument.event("delete", of: id, body: nil, author: author, at: self.sources.now())
        try await self.changing(id) { () throws(ConfigurationRefusal) in
            try store.deleteConfiguration(id, etag: condition.etag, event: event)
        }
        self.mailbox.lookAtAll()
    }

    /// Looks for faults in a condition and in metric queries.
    ///
    /// - Parameter body: `targetCondition` and `customMetricQueries`.
    /// - Returns: `targetConditionError` and `customMetricQueryErrors`.
    /// - Throws: `argumentInvalid` when the body has another form.
    package func testQueries(_ body: JSONObject) throws(HubError) -> JSONObject {
        let body = RequestMembers(object: body)
        let condition = try body.string("targetCondition") ?? ""
        var faults = JSONObject()
        for query in try body.object("customMetricQueries") ?? [:] {
            do throws(HubError) {
                _ = try ConfigurationRequest.metric(query.value, name: query.name)
            } catch {
                faults.set(query.name, to: .string(error.message))
            }
        }
        var fault: String?
        do throws(HubError) {
            _ = try ConfigurationRequest.target(condition)
        } catch {
            fault = error.message
        }
        return [
            "targetConditionError": fault.map { .string($0) } ?? .null,
            "customMetricQueryErrors": .object(faults),
        ]
    }

    /// Writes content into the twins of one device and its modules, once.
    ///
    /// - Parameters:
    ///   - content: `deviceContent` and `modulesContent`.
    ///   - device: whose twins.
    ///   - author: who asks.
    /// - Throws: What ``TwinService/update(_:_:ifMatch:author:)`` throws; the twins before are written then.
    package func apply(content: JSONObject, to device: IdentityID, author: String) async throws(HubError) {
        let members = RequestMembers(object: content)
        var writes: [(IdentityID, ConfigurationContent)] = []
        if let content = try members.object("deviceContent") {
            writes.append((device, try ConfigurationContent(content, name: "deviceContent")))
        }
        for module in try members.object("modulesContent") ?? [:] {
            guard let id = IdentityID(device: device.device, module: module.name), case .object(let part) = module.value
            else { throw RequestMembers.fault("modulesContent.\(module.name)", "an object below a module's id", module.value) }
            writes.append((id, try ConfigurationContent(part, name: "modulesContent.\(module.name)")))
        }
        guard !writes.isEmpty else {
            throw HubError(.argumentInvalid, "the content has neither deviceContent nor modulesContent")
        }
        for (id, content) in writes {
            let patch = try TwinPatch(configured: content.tree)
            _ = try await self.sources.fleet.update(id, patch, ifMatch: .any, author: author)
        }
    }

    // MARK: Twins

    /// A twin or identity changed; costs next to nothing when no configuration asks for these sections. Used from any thread.
    ///
    /// - Parameters:
    ///   - id: whose twin.
    ///   - sections: what changed; ``QuerySections/identity`` also for an identity that was made.
    package func changed(_ id: IdentityID, _ sections: QuerySections) {
        self.mailbox.changed(id, sections)
    }

    /// The states of the configurations that apply to a twin, by their ids. Blocks on the database; a query may ask while it
    /// runs.
    package func states(of id: IdentityID) -> JSONObject {
        guard self.mailbox.hasConfigurations else { return [:] }
        do throws(RegistryError) {
            return try self.store.targets(of: id).reduce(into: JSONObject()) { states, target in
                let state = target.isApplied ? "Applied" : "Targeted"
                states.set(target.configuration, to: .object(["status": .string(state)]))
            }
        } catch {
            self.logger.error("configurations of \(id) cannot be read: \(error)")
            return [:]
        }
    }

    /// Works until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [mailbox] in
                while (try? await Task.sleep(for: ConfigurationRunner.interval)) != nil { mailbox.lookAtAll() }
            }
            var runner = ConfigurationRunner(
                store: self.store,
                sources: self.sources,
                mailbox: self.mailbox,
                metrics: self.metrics,
                logger: self.logger
            )
            self.mailbox.lookAtAll()
            for await _ in self.mailbox.wakes { await runner.work() }
        }
    }

    // MARK: Private

    private func all() async throws(HubError) -> [StoredConfiguration] {
        let store = self.store
        return try await self.sources.calls.ask { () throws(RegistryError) in try store.configurations() }
    }

    private func stored(_ id: String) async throws(HubError) -> StoredConfiguration {
        guard let stored = try await self.all().first(where: { $0.id == id }) else {
            throw ConfigurationService.hubError(.notFound, id)
        }
        return stored
    }

    private func view(of stored: StoredConfiguration) async throws(HubError) -> JSONObject {
        let (store, id) = (self.store, stored.id)
        let counts = try await self.sources.calls.ask { () throws(RegistryError) in try store.targetCounts(of: id) }
        return ConfigurationDocument.view(of: stored, counts: counts)
    }

    private func changing<Value: Sendable>(
        _ id: String,
        _ body: @escaping @Sendable () throws(ConfigurationRefusal) -> Value
    ) async throws(HubError) -> Value {
        do throws(ConfigurationRefusal) {
            return try await self.sources.calls.run(body)
        } catch {
            throw ConfigurationService.hubError(error, id)
        }
    }

    private static func hubError(_ refusal: ConfigurationRefusal, _ id: String) -> HubError {
        switch refusal {
        case .alreadyExists: HubError(.configurationAlreadyExists, "there is a configuration \(id)")
        case .notFound: HubError(.configurationNotFound, "there is no configuration \(id)")
        case .preconditionFailed: HubError(.preconditionFailed, "the etag of configuration \(id) is another one")
        case .tooMany:
            HubError(.quotaExceeded, "there are \(ConfigurationService.countMax) configurations, which is the limit")
        case .registry(let error): HubError(registry: error)
        }
    }
}

extension StoredConfiguration {
    /// What it writes, as it was asked for.
    fileprivate var content: JSONObject {
        guard case .object(let body)? = try? JSONValue(parsing: self.body) else { return [:] }
        return body["content"]?.object ?? [:]
    }
}

extension EntityTagCondition {
    /// The etag that is asked for; `nil` for any.
    fileprivate var etag: String? {
        if case .etag(let etag) = self { etag } else { nil }
    }
}

extension TwinPatch {
    /// The patch that writes desired properties of a configuration.
    ///
    /// - Throws: `argumentInvalid` when a twin may not hold them.
    init(configured tree: JSONObject) throws(HubError) {
        do throws(TwinError) {
            self.init(desired: try SectionPatch(.object(tree), for: .desired))
        } catch {
            throw HubError(.argumentInvalid, "\(error)")
        }
    }
}
