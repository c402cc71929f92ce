/// A step down into a record or an array.
package enum SQLPathStep: Hashable, Sendable {
    case name(String)
    case index(Int)

    package static func == (left: SQLPathStep, right: SQLPathStep) -> Bool {
        switch (left, right) {
        case (.name(let left), .name(let right)): StreamText.areSame(left, right)
        case (.index(let left), .index(let right)): left == right
        case (.name, .index), (.index, .name): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .name(let name): StreamText.hash(name, into: &hasher)
        case .index(let index): hasher.combine(index)
        }
    }
}
