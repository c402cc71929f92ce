/// The operators between two operands.
package enum SQLOperator: String, CaseIterable, Sendable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case dividedBy = "/"
    case remainder = "%"

    /// How tight it binds: comparisons 1, sums 2, products 3.
    var precedence: Int {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 1
        case .plus, .minus: 2
        case .times, .dividedBy, .remainder: 3
        }
    }

    /// The operator when its operands change places; `nil` for arithmetic.
    var mirrored: SQLOperator? {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .plus, .minus, .times, .dividedBy, .remainder: nil
        }
    }
}
