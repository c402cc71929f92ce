package import TelemetryModel

extension Twin {
    /// Does a recorded change again.
    ///
    /// - Parameter change: the one that followed on this state.
    /// - Throws: `notNext` when it is another one; then nothing is changed.
    package mutating func apply(_ change: TwinChange) throws(TwinHistoryError) {
        guard change.before == self.versions else {
            throw .notNext(found: change.before, expected: self.versions)
        }
        if let tags = change.tags { Twin.apply(tags, to: &self.tagSection, change.kind, stamp: .none) }
        if let desired = change.desired {
            let stamp = WriteStamp(at: change.at, version: change.after.desired)
            Twin.apply(desired, to: &self.desired, change.kind, stamp: stamp)
        }
        if let reported = change.reported {
            let stamp = WriteStamp(at: change.at, version: change.after.reported)
            Twin.apply(reported, to: &self.reported, change.kind, stamp: stamp)
        }
        self.version = change.after.twin
    }

    /// Takes a recorded change back: values, metadata and counters are those before it.
    ///
    /// - Parameter change: the one that led to this state.
    /// - Throws: `notNext` when it is another one, `damaged` when its record does not hold together; then nothing is
    ///   changed.
    package mutating func takeBack(_ change: TwinChange) throws(TwinHistoryError) {
        guard change.after == self.versions else { throw .notNext(found: change.after, expected: self.versions) }
        var before = self
        do throws(StampsEnded) {
            if let tags = change.tags {
                try Twin.takeBack(tags, from: &before.tagSection, change.kind, version: WriteStamp.none.version)
            }
            if let desired = change.desired {
                try Twin.takeBack(desired, from: &before.desired, change.kind, version: change.before.desired)
            }
            if let reported = change.reported {
                try Twin.takeBack(reported, from: &before.reported, change.kind, version: change.before.reported)
            }
        } catch {
            throw .damaged(version: change.after.twin)
        }
        before.version = change.before.twin
        self = before
    }

    /// Goes back to what the twin was at a time.
    ///
    /// - Parameters:
    ///   - time: all changes after it are taken back.
    ///   - changes: the twin's own since its identity was made, the newest first, beginning with the last one.
    /// - Throws: When a change is missing or damaged; then the twin is as far back as it could be led.
    package mutating func rewind(
        to time: Timestamp,
        through changes: some Sequence<TwinChange>
    ) throws(TwinHistoryError) {
        for change in changes {
            guard change.at > time else { return }
            try self.takeBack(change)
        }
    }

    /// Goes back to a version.
    ///
    /// - Parameters:
    ///   - version: at most the current one.
    ///   - changes: the twin's own since its identity was made, the newest first, beginning with the last one.
    /// - Throws: When a change is missing or damaged, or the version is not reached.
    package mutating func rewind(
        toVersion version: Int64,
        through changes: some Sequence<TwinChange>
    ) throws(TwinHistoryError) {
        for change in changes {
            guard self.version > version else { break }
            try self.takeBack(change)
        }
        guard self.version == version else { throw .notReached(version: version, oldest: self.version) }
    }

    private static func apply(
        _ change: SectionChange,
        to section: inout TwinSection,
        _ kind: TwinChange.Kind,
        stamp: WriteStamp
    ) {
        switch kind {
        case .update, .report: _ = section.merge(change.patch, stamp: stamp)
        case .replace: _ = section.replace(change.patch, stamp: stamp)
        }
    }

    private static func takeBack(
        _ change: SectionChange,
        from section: inout TwinSection,
        _ kind: TwinChange.Kind,
        version: Int64
    ) throws(StampsEnded) {
        switch kind {
        case .update, .report: try section.takeBack(merge: change, version: version)
        case .replace: try section.takeBack(replacement: change, version: version)
        }
    }
}
