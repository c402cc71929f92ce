/// The three values of a condition.
package enum StreamTruth: UInt8, Sendable {
    case no
    case yes
    /// Because something was `NULL`.
    case unknown

    /// Yes or no.
    @inlinable package init(_ value: Bool) {
        self = value ? .yes : .no
    }

    /// `NOT`: unknown stays unknown.
    package var negated: StreamTruth {
        switch self {
        case .no: .yes
        case .yes: .no
        case .unknown: .unknown
        }
    }

    /// As a value: a `bit`, or `NULL`.
    package var value: StreamValue {
        switch self {
        case .no: .bit(false)
        case .yes: .bit(true)
        case .unknown: .null
        }
    }
}
