/// A function of single values, by its name in the language.
///
/// Faults are the row's. `isStrict` functions are not called with a `NULL`: their value is `NULL` then.
struct ScalarFunction: Sendable {
    /// What computes it.
    enum Body: Sendable {
        case one(@Sendable (StreamValue) throws(StreamFault) -> StreamValue)
        case two(@Sendable (StreamValue, StreamValue) throws(StreamFault) -> StreamValue)
        case many(@Sendable ([StreamValue]) throws(StreamFault) -> StreamValue)
        /// The first argument is a unit; the rest are values.
        case unit(@Sendable (TimeUnit, [StreamValue]) throws(StreamFault) -> StreamValue)
    }

    /// As documented: `LEN`, `GetArrayLength`.
    let name: String
    /// How many arguments, the unit included.
    let arity: ClosedRange<Int>
    let isStrict: Bool
    let body: Body

    init(_ name: String, _ arity: ClosedRange<Int>, isStrict: Bool = true, _ body: Body) {
        self.name = name
        self.arity = arity
        self.isStrict = isStrict
        self.body = body
    }

    static func one(
        _ name: String,
        _ body: @escaping @Sendable (StreamValue) throws(StreamFault) -> StreamValue
    ) -> ScalarFunction {
        ScalarFunction(name, 1...1, .one(body))
    }

    static func two(
        _ name: String,
        _ body: @escaping @Sendable (StreamValue, StreamValue) throws(StreamFault) -> StreamValue
    ) -> ScalarFunction {
        ScalarFunction(name, 2...2, .two(body))
    }

    /// All functions; one list for each file beside this one.
    static let all: [ScalarFunction] =
        TextFunctions.all + NumberFunctions.all + TimeFunctions.all + RecordFunctions.all + PlaceFunctions.all

    private static let byName: [String: ScalarFunction] = Dictionary(
        ScalarFunction.all.map { (StreamText.capitals($0.name), $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The function of a name, in capitals or not; `nil` when there is none.
    static func named(_ name: String) -> ScalarFunction? {
        ScalarFunction.byName[StreamText.capitals(name)]
    }

    /// Whether a function's first argument is the name of a unit.
    static func takesUnit(_ name: String) -> Bool {
        if case .unit = ScalarFunction.named(name)?.body { true } else { false }
    }
}
