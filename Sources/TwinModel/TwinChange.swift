internal import TelemetryJSON
package import TelemetryModel

/// One change of a twin: what it was, what was written, what it is now. Enough to notify the device, to make the event, and
/// to go from the twin before to the twin after and back.
package struct TwinChange: Equatable, Sendable {
    /// Who may write what.
    package enum Kind: String, Sendable {
        /// The service's partial update of tags and desired properties.
        case update
        /// The service's replacement of tags and desired properties.
        case replace
        /// The device's patch of its reported properties.
        case report
    }

    /// What kind.
    package var kind: Kind
    /// When it was made; the `$lastUpdated` of all it wrote.
    package var at: Timestamp
    /// The counters before.
    package var before: TwinVersions
    /// The counters after.
    package var after: TwinVersions
    /// What happened to the tags; `nil` when the request said nothing of them.
    package var tags: SectionChange?
    /// What happened to the desired properties; `nil` when the request said nothing of them.
    package var desired: SectionChange?
    /// What happened to the reported properties; `nil` but for a report.
    package var reported: SectionChange?

    init(_ kind: Kind, at time: Timestamp, before: TwinVersions) {
        self.kind = kind
        self.at = time
        self.before = before
        self.after = before
    }

    /// The body of the notification to the device: the desired part of the request as it came, nulls kept, or the whole new
    /// section of a replacement, and `$version`.
    ///
    /// `nil` when the desired properties were not written: then the device is told nothing.
    package var notification: [UInt8]? {
        guard var body = self.desired?.patch else { return nil }
        body.set("$version", to: .integer(self.after.desired))
        return body.bytes
    }
}
