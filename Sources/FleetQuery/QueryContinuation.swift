/// Where the next page of a query begins.
///
/// As text: hexadecimal digits of a version, the query's fingerprint, the rows given, the last id, and a hash of them all:
///
///     01 | fingerprint 8 | rows 8 | id … | hash 8
///
/// The hash finds mistakes and hides nothing: who may ask the query may also begin anywhere in it.
package struct QueryContinuation: Equatable, Sendable {
    /// Longest token in characters: a device's and a module's id of 128 bytes each fit several times.
    package static let lengthMax = 2048

    private static let version: UInt8 = 1

    /// The id of the last document that was looked at; empty before the first.
    package var lastID: String
    /// Rows of all pages so far.
    package var rowsGiven: Int

    /// A place behind this id.
    package init(lastID: String, rowsGiven: Int) {
        self.lastID = lastID
        self.rowsGiven = rowsGiven
    }

    /// Reads a token.
    ///
    /// - Parameters:
    ///   - token: As the client sent it.
    ///   - query: The query it came with.
    /// - Throws: When it is no token, or one of another query.
    package init(token: String, of query: CompiledQuery) throws(QueryTokenError) {
        guard token.utf8.count <= QueryContinuation.lengthMax, let bytes = QueryContinuation.bytes(of: token),
            bytes.count >= 25, bytes[0] == QueryContinuation.version,
            QueryContinuation.integer(bytes.suffix(8)) == QueryContinuation.hash(Array(bytes.dropLast(8)))
        else { throw .malformed }
        guard QueryContinuation.integer(bytes[1..<9]) == query.fingerprint else { throw .otherQuery }
        guard let rowsGiven = Int(exactly: QueryContinuation.integer(bytes[9..<17])),
            let lastID = String(validating: bytes[17..<(bytes.count - 8)], as: UTF8.self)
        else { throw .malformed }
        self.init(lastID: lastID, rowsGiven: rowsGiven)
    }

    /// The token for the next page of this query.
    package func token(of query: CompiledQuery) -> String {
        var bytes = [QueryContinuation.version]
        bytes += QueryContinuation.bytes(of: query.fingerprint)
        bytes += QueryContinuation.bytes(of: UInt64(max(0, self.rowsGiven)))
        bytes += self.lastID.utf8
        bytes += QueryContinuation.bytes(of: QueryContinuation.hash(bytes))
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// FNV-1a of 64 bits: one changed byte always changes it.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func bytes(of integer: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: integer >> (56 - 8 * $0)) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes of lowercase hexadecimal digits; `nil` when they are something else.
    private static func bytes(of token: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in token.utf8 {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }
}
