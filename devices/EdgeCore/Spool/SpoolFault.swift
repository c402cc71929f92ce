/// Why the spool could not do something; the folder, the reason and, where there is one, the remedy.
package struct SpoolFault: Error, Equatable, Sendable {
    /// Whether it is for want of room.
    package var isFull: Bool
    package var message: String

    package init(_ message: String, isFull: Bool = false) {
        self.message = message
        self.isFull = isFull
    }
}
