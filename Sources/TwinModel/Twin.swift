package import TelemetryJSON
package import TelemetryModel

/// The twin of a device or module.
///
/// Each write is atomic: it changes everything it carries or, on an error, nothing. Time is an argument.
/// Source: contract twins.
package struct Twin: Equatable, Sendable {
    /// Of the device model, in DTDL; empty when the device has named none.
    package var modelID: String
    /// Grows by one with each change.
    package internal(set) var version: Int64
    /// What the service writes and the device is told.
    package internal(set) var desired: TwinSection
    /// What the device writes.
    package internal(set) var reported: TwinSection
    /// The tags, as a section whose metadata nobody sees.
    var tagSection: TwinSection

    /// The version of a twin that nobody has changed.
    package static let versionAtStart: Int64 = 2

    /// A new twin: both `$version` 1.
    ///
    /// - Parameters:
    ///   - time: when its identity is made.
    ///   - content: the tags and desired properties that it is made with, in an import or by provisioning.
    ///   - reported: the reported properties that it is made with, in an import.
    ///   - modelID: of the device model.
    /// - Throws: When a section is too large.
    package init(
        createdAt time: Timestamp,
        content: TwinPatch,
        reported: SectionPatch? = nil,
        modelID: String = ""
    ) throws(TwinError) {
        self.init(createdAt: time, modelID: modelID)
        self.tagSection = TwinSection(tags: (content.tags?.members ?? [:]).withoutNulls)
        self.desired = TwinSection(content.desired, createdAt: time)
        self.reported = TwinSection(reported, createdAt: time)
        let empty = TwinSection(tags: [:])
        try Twin.checkSize(of: self.tagSection, from: empty, as: .tags)
        try Twin.checkSize(of: self.desired, from: empty, as: .desired)
        try Twin.checkSize(of: self.reported, from: empty, as: .reported)
    }

    /// A new twin with nothing in it.
    package init(createdAt time: Timestamp, modelID: String = "") {
        self.modelID = modelID
        self.version = Twin.versionAtStart
        self.tagSection = TwinSection(tags: [:])
        self.desired = TwinSection(createdAt: time)
        self.reported = TwinSection(createdAt: time)
    }

    /// A twin from its stored parts.
    package init(version: Int64, tags: JSONObject, desired: TwinSection, reported: TwinSection, modelID: String) {
        self.modelID = modelID
        self.version = version
        self.tagSection = TwinSection(tags: tags)
        self.desired = desired
        self.reported = reported
    }

    /// What only the service sees.
    package var tags: JSONObject { self.tagSection.values }

    /// All counters.
    package var versions: TwinVersions {
        TwinVersions(twin: self.version, desired: self.desired.version, reported: self.reported.version)
    }

    /// The twin's etag, bare.
    package var etag: String { self.versions.etag }

    // MARK: Writing

    /// The service's partial update.
    ///
    /// - Parameters:
    ///   - patch: tags, desired properties, or both.
    ///   - condition: what `If-Match` asks.
    ///   - time: now.
    /// - Returns: What happened; `nil` when the patch has neither section, which changes nothing.
    /// - Throws: `etagMismatch`, or `sectionTooLarge`; then nothing is changed.
    package mutating func update(
        _ patch: TwinPatch,
        ifMatch condition: EntityTagCondition = .any,
        at time: Timestamp
    ) throws(TwinError) -> TwinChange? {
        try self.check(condition)
        guard patch.tags != nil || patch.desired != nil else { return nil }
        var after = self
        var change = TwinChange(.update, at: time, before: self.versions)
        if let tags = patch.tags {
            change.tags = after.tagSection.merge(tags.members, stamp: .none)
            try Twin.checkSize(of: after.tagSection, from: self.tagSection, as: .tags)
        }
        if let desired = patch.desired {
            let stamp = WriteStamp(at: time, version: self.desired.version &+ 1)
            change.desired = after.desired.merge(desired.members, stamp: stamp)
            try Twin.checkSize(of: after.desired, from: self.desired, as: .desired)
        }
        return self.become(after, change)
    }

    /// The service's replacement: the tags become what is given, or empty; the desired properties stay unless given.
    ///
    /// - Parameters:
    ///   - content: the new sections; nulls in them are left out.
    ///   - condition: what `If-Match` asks.
    ///   - time: now.
    /// - Returns: What happened.
    /// - Throws: `etagMismatch`, or `sectionTooLarge`; then nothing is changed.
    package mutating func replace(
        _ content: TwinPatch,
        ifMatch condition: EntityTagCondition = .any,
        at time: Timestamp
    ) throws(TwinError) -> TwinChange {
        try self.check(condition)
        var after = self
        var change = TwinChange(.replace, at: time, before: self.versions)
        change.tags = after.tagSection.replace(content.tags?.members ?? [:], stamp: .none)
        try Twin.checkSize(of: after.tagSection, from: self.tagSection, as: .tags)
        if let desired = content.desired {
            let stamp = WriteStamp(at: time, version: self.desired.version &+ 1)
            change.desired = after.desired.replace(desired.members, stamp: stamp)
            try Twin.checkSize(of: after.desired, from: self.desired, as: .desired)
        }
        return self.become(after, change)
    }

    /// The device's patch of its reported properties.
    ///
    /// - Parameters:
    ///   - patch: the checked payload.
    ///   - condition: the `$version` of the request's topic, which must be the current one; `nil` when it has none.
    ///   - time: now.
    /// - Returns: What happened; the answer's `$version` is `after.reported`.
    /// - Throws: `versionMismatch`, or `sectionTooLarge`; then nothing is changed.
    package mutating func report(
        _ patch: SectionPatch,
        ifVersion condition: Int64? = nil,
        at time: Timestamp
    ) throws(TwinError) -> TwinChange {
        if let condition, condition != self.reported.version {
            throw TwinError(.versionMismatch(current: self.reported.version), at: [TwinSectionName.reported.path])
        }
        var after = self
        var change = TwinChange(.report, at: time, before: self.versions)
        let stamp = WriteStamp(at: time, version: self.reported.version &+ 1)
        change.reported = after.reported.merge(patch.members, stamp: stamp)
        try Twin.checkSize(of: after.reported, from: self.reported, as: .reported)
        return self.become(after, change)
    }

    // MARK: Private

    private func check(_ condition: EntityTagCondition) throws(TwinError) {
        guard condition.isMet(by: self.etag) else { throw TwinError(.etagMismatch(current: self.etag)) }
    }

    private mutating func become(_ after: Twin, _ change: TwinChange) -> TwinChange {
        self = after
        self.version &+= 1
        var change = change
        change.after = self.versions
        return change
    }

    private static func checkSize(
        of section: TwinSection,
        from before: TwinSection,
        as name: TwinSectionName
    ) throws(TwinError) {
        let size = TwinSize(of: section.values)
        guard size.counted > name.sizeMax || size.weight > name.weightMax else { return }
        // What shrinks a section that is too large is allowed.
        let old = TwinSize(of: before.values)
        if size.counted > name.sizeMax, size.counted >= old.counted {
            throw TwinError(.sectionTooLarge(size: size.counted, limit: name.sizeMax), at: [name.path])
        }
        if size.weight > name.weightMax, size.weight >= old.weight {
            throw TwinError(.sectionTooHeavy(weight: size.weight, limit: name.weightMax), at: [name.path])
        }
    }
}
