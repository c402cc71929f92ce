/// Where the log holds the value that opened an alert: what the alert is known by. A detector only keeps it.
package struct AlertOrigin: Equatable, Sendable {
    package var partition: Int
    package var offset: Int64
    /// Tells alerts apart that one record opened.
    package var ordinal: Int

    package init(partition: Int, offset: Int64, ordinal: Int) {
        self.partition = partition
        self.offset = offset
        self.ordinal = ordinal
    }
}
