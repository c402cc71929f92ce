/// Why events do not come into the log.
struct OutboxFault: Error, Sendable {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
