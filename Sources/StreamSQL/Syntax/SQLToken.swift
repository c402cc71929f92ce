/// One word of a query, and where it stands.
struct SQLToken: Equatable {
    enum Kind: Equatable {
        /// A keyword, a function or a part of a path; as written.
        case name(String)
        /// `[a name]`: never a keyword.
        case bracketedName(String)
        case number(StreamValue)
        case string(String)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case open = "("
        case close = ")"
        /// Directly behind a path: `a[0]`.
        case openBracket = "["
        case closeBracket = "]"
        case comma = ","
        case semicolon = ";"
        case dot = "."
        case star = "*"
        case plus = "+"
        case minus = "-"
        case slash = "/"
        case percent = "%"
        case equal = "="
        case notEqual = "<>"
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
        guard case .name(let name) = self.kind, name.utf8.count == keyword.utf8.count else { return false }
        return StreamText.capitals(name) == keyword
    }

    func isSymbol(_ symbol: Symbol) -> Bool {
        self.kind == .symbol(symbol)
    }
}
