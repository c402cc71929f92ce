/// A fault of a scenario file: where, which key, and what was expected.
struct ScenarioError: Error, Equatable, Sendable, CustomStringConvertible {
    var file: String
    /// From 1; `nil` when the file as a whole is at fault.
    var line: Int?
    /// A sentence that names key and value.
    var problem: String

    var description: String {
        self.line.map { "\(self.file):\($0): \(self.problem)" } ?? "\(self.file): \(self.problem)"
    }
}
