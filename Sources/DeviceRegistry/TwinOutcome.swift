package import TwinModel

/// A write of a twin that was carried out.
package struct TwinOutcome: Sendable {
    /// The identity with the twin afterwards.
    package var stored: StoredTwin
    /// What happened; `nil` when there was nothing to write.
    package var change: TwinChange?
}
