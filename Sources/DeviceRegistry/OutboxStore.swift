/// Events that were stored together with the change they tell of, until they are in the log.
///
/// One reader takes them in order, appends them, and settles them. Calls block on the database.
package protocol OutboxStore: Sendable {
    /// Stores events that come with no other change; durable when the call returns.
    func add(_ events: [HubEvent]) throws(RegistryError)
    /// The events behind `number`, in order.
    ///
    /// - Parameters:
    ///   - number: of the last that is known; 0 for the first.
    ///   - limit: how many at most.
    ///   - bytesMax: bytes of values after which no further one is taken; the first always is.
    /// - Returns: events with their numbers, which grow and are never used again.
    /// - Throws: `RegistryError.storage`.
    func outbox(
        after number: Int64,
        limit: Int,
        bytesMax: Int
    ) throws(RegistryError) -> [(number: Int64, event: HubEvent)]
    /// The events up to `number` are in the log: they are removed.
    ///
    /// - Parameters:
    ///   - number: of the last.
    ///   - positions: per topic the next offsets at a moment when all of them, and none of the later ones, were in it.
    /// - Throws: `RegistryError.storage`.
    func settle(upTo number: Int64, positions: [String: [Int64]]) throws(RegistryError)
    /// Where to look, after a crash, for events that reached the log and were not settled.
    func settledPositions() throws(RegistryError) -> [String: [Int64]]
}
