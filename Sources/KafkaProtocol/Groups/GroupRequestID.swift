/// A JoinGroup or SyncGroup whose answer may come later; the caller gives each a number of its own.
package struct GroupRequestID: Hashable, Sendable {
    /// Never used twice while the process runs.
    package var rawValue: UInt64

    /// The request of this number.
    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }
}
