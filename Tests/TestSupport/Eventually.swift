/// A condition that did not come true in a minute, with where it was waited for.
package struct NeverSo: Error, CustomStringConvertible {
    package let description: String
}

/// Waits until a condition holds, for at most a minute: a slow machine passes, only a fault takes that long.
package func eventually(
    _ what: String = "the condition",
    fileID: StaticString = #fileID,
    line: UInt = #line,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverSo(description: "\(fileID):\(line): not so within a minute: \(what)")
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}
