internal import DeviceRegistry
internal import FleetQuery
internal import TelemetryJSON
internal import TelemetryModel

/// All configurations, made ready once for many twins.
struct ConfigurationSet: Sendable {
    /// One configuration.
    struct Entry: Sendable {
        let member: ConfigurationPlan.Member
        let collection: QueryCollection
        /// The ids of the twins that meet the target condition.
        let query: CompiledQuery
    }

    /// In the order of ids.
    let entries: [Entry]
    /// What the conditions read of twins.
    let sections: QuerySections

    init(_ stored: [StoredConfiguration]) {
        self.entries = stored.compactMap { configuration in
            // What a later version has written is left alone.
            guard let request = configuration.request else { return nil }
            let member = ConfigurationPlan.Member(
                id: configuration.id,
                priority: request.priority,
                createdMilliseconds: configuration.createdTime.milliseconds,
                content: request.content
            )
            let query = CompiledQuery(ids: request.target)
            return Entry(member: member, collection: request.target.collection, query: query)
        }
        self.sections = self.entries.reduce(into: []) { $0.formUnion($1.query.conditionSections) }
    }

    /// The places of the configurations that match a twin.
    ///
    /// - Parameters:
    ///   - id: whose twin.
    ///   - document: as the service reads it.
    /// - Returns: Places in ``entries``, rising.
    func matching(_ id: IdentityID, _ document: JSONObject) -> [Int] {
        let collection: QueryCollection = id.module == nil ? .devices : .modules
        let document = JSONDocument(.object(document))
        return self.entries.indices.filter { place in
            self.entries[place].collection == collection && self.entries[place].query.matches(document)
        }
    }

    /// What the configurations at these places have in a twin that they match.
    func shares(of places: [Int]) -> [ConfigurationPlan.Share] {
        ConfigurationPlan.shares(of: places.map { self.entries[$0].member })
    }
}

extension StoredConfiguration {
    /// What was asked for; `nil` when it cannot be read.
    var request: ConfigurationRequest? {
        guard case .object(let body)? = try? JSONValue(parsing: self.body) else { return nil }
        return try? ConfigurationRequest(body, id: self.id)
    }
}
