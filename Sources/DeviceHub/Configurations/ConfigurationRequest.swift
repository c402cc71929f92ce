package import FleetQuery
package import HubProtocol
package import TelemetryJSON

/// A configuration as it was asked for, checked.
///
/// Source: contract iothub-rest section 7.
package struct ConfigurationRequest: Sendable {
    /// Metric queries of one configuration.
    package static let metricsMax = 20
    /// Labels of one configuration.
    package static let labelsMax = 50

    /// Which twins.
    package let target: QueryTarget
    package let priority: Int
    /// `deviceContent`, or `moduleContent` when the target is modules.
    package let content: ConfigurationContent
    /// Metric queries by name.
    package let metrics: [(name: String, query: QueryStatement)]
    /// What is stored and answered, in order.
    package let members: JSONObject

    /// Checks a body.
    ///
    /// - Parameters:
    ///   - body: of the request.
    ///   - id: of the path.
    /// - Throws: `argumentInvalid`, `tooLarge`.
    package init(_ body: JSONObject, id: String) throws(HubError) {
        let body = RequestMembers(object: body)
        if let named = try body.string("id"), named != id {
            throw HubError(.argumentInvalid, "id is \"\(named)\"; the path says \"\(id)\"")
        }
        let condition = try body.string("targetCondition") ?? ""
        self.target = try ConfigurationRequest.target(condition)
        self.priority = try body.integer("priority", in: 0...2_147_483_647) ?? 0
        let content = try body.object("content") ?? [:]
        self.content = try ConfigurationRequest.content(content, isOfModules: self.target.collection == .modules)
        let labels = try ConfigurationRequest.labels(try body.object("labels") ?? [:])
        let queries = RequestMembers(object: try body.object("metrics") ?? [:])
        self.metrics = try ConfigurationRequest.metrics(try queries.object("queries") ?? [:])
        self.members = [
            "schemaVersion": .string(try body.string("schemaVersion") ?? "1.0"),
            "labels": .object(labels),
            "content": .object(content),
            "targetCondition": .string(condition),
            "priority": .integer(Int64(self.priority)),
            "metrics": .object(["queries": .object(try queries.object("queries") ?? [:])]),
        ]
    }

    /// Reads a target condition; `*` means all devices, nothing none.
    static func target(_ text: String) throws(HubError) -> QueryTarget {
        let isEmpty = text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let target: QueryTarget
        do throws(QuerySyntaxError) {
            target = isEmpty ? QueryTarget(condition: .constant(.bool(false))) : try QueryTarget(parsing: text)
        } catch {
            throw HubError(.argumentInvalid, "targetCondition: \(error)")
        }
        guard target.collection != .jobs else {
            throw HubError(.argumentInvalid, "targetCondition: a configuration is for devices or devices.modules")
        }
        return target
    }

    /// Reads a metric's query.
    static func metric(_ value: JSONValue, name: String) throws(HubError) -> QueryStatement {
        guard case .string(let text) = value else { throw RequestMembers.fault("metric \(name)", "a query", value) }
        let statement: QueryStatement
        do throws(QuerySyntaxError) {
            statement = try QueryStatement(parsing: text)
        } catch {
            throw HubError(.argumentInvalid, "metric \(name): \(error)")
        }
        guard statement.collection != .jobs else {
            throw HubError(.argumentInvalid, "metric \(name): a metric is over devices or devices.modules")
        }
        return statement
    }

    private static func content(_ content: JSONObject, isOfModules: Bool) throws(HubError) -> ConfigurationContent {
        let (name, other) = isOfModules ? ("moduleContent", "deviceContent") : ("deviceContent", "moduleContent")
        let members = RequestMembers(object: content)
        if let unused = try members.object(other), !unused.isEmpty {
            throw HubError(.argumentInvalid, "content has \(other); the target condition asks for \(name)")
        }
        if let unused = try members.object("modulesContent"), !unused.isEmpty {
            throw HubError(
                .argumentInvalid,
                "content has modulesContent, which this gateway takes only for a single device"
            )
        }
        return try ConfigurationContent(try members.object(name) ?? [:], name: name)
    }

    private static func labels(_ labels: JSONObject) throws(HubError) -> JSONObject {
        guard labels.count <= self.labelsMax else {
            throw HubError(.argumentInvalid, "\(labels.count) labels; the limit is \(self.labelsMax)")
        }
        for label in labels where label.value.string == nil {
            throw RequestMembers.fault("label \(label.name)", "a string", label.value)
        }
        return labels
    }

    private static func metrics(_ queries: JSONObject) throws(HubError) -> [(name: String, query: QueryStatement)] {
        guard queries.count <= self.metricsMax else {
            throw HubError(.argumentInvalid, "\(queries.count) metric queries; the limit is \(self.metricsMax)")
        }
        return try queries.map { member throws(HubError) -> (name: String, query: QueryStatement) in
            (member.name, try self.metric(member.value, name: member.name))
        }
    }
}
