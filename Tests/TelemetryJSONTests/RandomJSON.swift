import TelemetryJSON

/// Random trees for round trips.
enum RandomJSON {
    private static let texts = [
        "", "a", "é", "e\u{301}", "\"\\\n\u{0}", "😀", "a longer text than fits into a small string",
    ]

    /// A value with at most `depth` levels below it.
    static func value(depth: Int, using random: inout some RandomNumberGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : 0.5)
        case 4, 5: return .string(RandomJSON.texts[Int.random(in: 0..<RandomJSON.texts.count, using: &random)])
        case 6:
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    RandomJSON.value(depth: depth - 1, using: &random)
                }
            )
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                object.set(RandomJSON.name(using: &random), to: RandomJSON.value(depth: 0, using: &random))
            }
            object.set("inner", to: RandomJSON.value(depth: depth - 1, using: &random))
            return .object(object)
        }
    }

    private static func name(using random: inout some RandomNumberGenerator) -> String {
        let text = RandomJSON.texts[Int.random(in: 0..<RandomJSON.texts.count, using: &random)]
        return text + String(Int.random(in: 0..<30, using: &random))
    }
}
