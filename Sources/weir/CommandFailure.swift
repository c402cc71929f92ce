/// Why a command could not do what it should: a sentence for stderr, exit status 1.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
