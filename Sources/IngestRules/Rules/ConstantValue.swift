/// A value that stands for a text: `Online` is `true`.
package enum ConstantValue: Equatable, Sendable {
    case boolean(Bool)
    /// A JSON number's text.
    case number(String)
    case string(String)

    /// Reads `true`, `false`, a number, or any other text as itself.
    package init(_ text: String) {
        switch text {
        case "true": self = .boolean(true)
        case "false": self = .boolean(false)
        default: self = NumberText.isNumber(text.utf8) ? .number(text) : .string(text)
        }
    }
}
