/// The functions of a condition (`twins.md` section 8, `iothub-rest.md` section 10).
package enum QueryFunction: String, CaseIterable, Sendable {
    case isDefined = "IS_DEFINED"
    case isNull = "IS_NULL"
    case isBool = "IS_BOOL"
    case isNumber = "IS_NUMBER"
    case isString = "IS_STRING"
    case isArray = "IS_ARRAY"
    case isObject = "IS_OBJECT"
    case isPrimitive = "IS_PRIMITIVE"
    case startsWith = "STARTS_WITH"
    case endsWith = "ENDS_WITH"
    case contains = "CONTAINS"
    case indexOf = "INDEX_OF"
    case concat = "CONCAT"
    case length = "LENGTH"
    case lower = "LOWER"
    case upper = "UPPER"
    case substring = "SUBSTRING"
    case asNumber = "AS_NUMBER"
    case abs = "ABS"
    case ceiling = "CEILING"
    case exp = "EXP"
    case floor = "FLOOR"
    case power = "POWER"
    case sign = "SIGN"
    case sqrt = "SQRT"
    case square = "SQUARE"

    /// The function of a name without case; `nil` when there is none.
    package init?(named name: String) {
        let capitals = QueryLexer.capitals(name)
        guard let function = QueryFunction(rawValue: capitals) ?? QueryFunction.aliases[capitals] else { return nil }
        self = function
    }

    /// How many arguments it takes; `nil` where there is no upper limit.
    package var arity: (min: Int, max: Int?) {
        switch self {
        case .startsWith, .endsWith, .contains, .power: (2, 2)
        case .indexOf, .substring: (2, 3)
        case .concat: (2, nil)
        case .isDefined, .isNull, .isBool, .isNumber, .isString, .isArray, .isObject, .isPrimitive, .length, .lower,
            .upper, .asNumber, .abs, .ceiling, .exp, .floor, .sign, .sqrt, .square:
            (1, 1)
        }
    }

    /// Other ways to write a function.
    static let aliases: [String: QueryFunction] = ["STARTSWITH": .startsWith, "ENDSWITH": .endsWith]
}
