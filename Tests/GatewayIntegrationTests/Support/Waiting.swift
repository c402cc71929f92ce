/// Bounded waiting: a condition is asked again and again, and a limit ends it with a sentence.
enum Waiting {
    /// Nothing came in time.
    struct TimeLimit: Error, CustomStringConvertible {
        var what: String
        var limit: Duration

        var description: String { "waited \(self.limit) for \(self.what)" }
    }

    private static let interval = Duration.milliseconds(5)

    /// Asks until there is an answer.
    ///
    /// - Parameters:
    ///   - what: is waited for, in the error's words.
    ///   - limit: how long at most.
    ///   - probe: asked every few milliseconds; `nil`: not yet.
    /// - Returns: the answer.
    /// - Throws: ``TimeLimit``, or what `probe` throws.
    static func until<Answer>(
        _ what: String,
        within limit: Duration,
        _ probe: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + limit
        while true {
            if let answer = try await probe() { return answer }
            guard ContinuousClock.now < deadline else { throw TimeLimit(what: what, limit: limit) }
            try await Task.sleep(for: Waiting.interval)
        }
    }

    /// Asks until it is so.
    static func until(_ what: String, within limit: Duration, _ isSo: () async throws -> Bool) async throws {
        _ = try await Waiting.until(what, within: limit) { try await isSo() ? true : nil }
    }
}
