/// How far the pump is.
struct OutboxProgress: Sendable {
    var settling = OutboxSettling()
    /// Of topics of which it is known what is in them.
    var marks: [String: OutboxMarks] = [:]
    /// Per topic the next offsets when the last event that can be settled was in it.
    var positions: [String: [Int64]] = [:]
}
