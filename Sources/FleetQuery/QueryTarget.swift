/// A condition alone: of a job, of a configuration, of a route.
package struct QueryTarget: Equatable, Sendable {
    /// What the condition is asked of.
    package var collection: QueryCollection
    /// `nil` when everything matches.
    package var condition: QueryExpression?

    /// A condition of these parts.
    package init(collection: QueryCollection = .devices, condition: QueryExpression? = nil) {
        self.collection = collection
        self.condition = condition
    }

    /// Reads the condition of a job or of a configuration: the text after `WHERE`, with `FROM devices.modules WHERE` before
    /// it for modules; `*` or nothing for all.
    ///
    /// - Throws: The first fault, with its place and what to do.
    package init(parsing text: String) throws(QuerySyntaxError) {
        var parser = try QueryParser(text, operands: FleetOperands(.devices))
        self = try parser.target()
    }
}

extension QueryTarget: CustomStringConvertible {
    /// The condition in one canonical form; reads back as the same.
    package var description: String {
        let condition = self.condition?.description ?? "*"
        guard self.collection != .devices else { return condition }
        return "FROM \(self.collection.rawValue)" + (self.condition == nil ? "" : " WHERE \(condition)")
    }
}

extension QueryExpression {
    /// Reads a condition over other operands than a fleet's, as routes have them.
    ///
    /// - Parameters:
    ///   - text: The condition.
    ///   - operands: What its names mean.
    /// - Throws: The first fault, with its place and what to do.
    package init(parsing text: String, operands: some QueryOperands) throws(QuerySyntaxError) {
        var parser = try QueryParser(text, operands: operands)
        self = try parser.wholeCondition()
    }
}
