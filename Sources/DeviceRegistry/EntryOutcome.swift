package import TwinModel

/// An entry that was carried out.
package struct EntryOutcome: Equatable, Sendable {
    /// The identity and its twin afterwards; `nil` for a deletion.
    package var stored: StoredTwin?
    /// What was written into the twin of an identity that was there; `nil` for nothing.
    package var change: TwinChange?

    /// An outcome.
    package init(stored: StoredTwin?, change: TwinChange? = nil) {
        self.stored = stored
        self.change = change
    }

    /// The write of a twin that was there; `nil` when there was none.
    package var twinOutcome: TwinOutcome? {
        guard let stored, let change else { return nil }
        return TwinOutcome(stored: stored, change: change)
    }
}
