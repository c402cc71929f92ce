/// One word of a query, and where it stands.
struct QueryToken: Equatable {
    enum Kind: Equatable {
        /// A keyword, a function or a part of a path; as written.
        case name(String)
        case number(QueryConstant)
        case string(String)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case open = "("
        case close = ")"
        case openBracket = "["
        case closeBracket = "]"
        case comma = ","
        case dot = "."
        case star = "*"
        case plus = "+"
        case minus = "-"
        case slash = "/"
        case percent = "%"
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    var kind: Kind
    /// Bytes of the query.
    var range: Range<Int>

    /// Whether this is the keyword, which is given in capitals.
    func isWord(_ keyword: String) -> Bool {
        guard case .name(let name) = self.kind else { return false }
        return QueryLexer.capitals(name) == keyword
    }

    func isSymbol(_ symbol: Symbol) -> Bool {
        self.kind == .symbol(symbol)
    }
}
