package import TelemetryJSON

/// The body of an update or a replace by the service: tags, desired properties, or both.
///
/// Source: contract twins section 4; iothub-rest section 3.
package struct TwinPatch: Equatable, Sendable {
    /// What is written into the tags; `nil` when the request says nothing of them.
    package var tags: SectionPatch?
    /// What is written into the desired properties; `nil` when the request says nothing of them.
    package var desired: SectionPatch?

    /// A patch of checked sections.
    package init(tags: SectionPatch? = nil, desired: SectionPatch? = nil) {
        self.tags = tags
        self.desired = desired
    }

    /// Takes `tags` and `properties.desired` from a body and ignores everything else, reported properties too.
    ///
    /// - Parameter body: the request's body, or that part of another document which has this form; read with integers beyond
    ///   64 bits refused, lest they come in as doubles.
    /// - Throws: The first rule that is broken, with its place.
    package init(_ body: JSONValue) throws(TwinError) {
        guard case .object(let body) = body else { throw TwinError(.notAnObject) }
        if let tags = body["tags"] { self.tags = try SectionPatch(tags, for: .tags) }
        guard let properties = body["properties"] else { return }
        guard case .object(let properties) = properties else { throw TwinError(.notAnObject, at: ["properties"]) }
        if let desired = properties["desired"] { self.desired = try SectionPatch(desired, for: .desired) }
    }

    /// Reads a request's body; see ``init(_:)``.
    package init(parsing bytes: some Sequence<UInt8>) throws(TwinError) {
        try self.init(try JSONValue(twinParsing: bytes))
    }
}
