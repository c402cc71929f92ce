import ArgumentParser
import TelemetryJSON

/// A name and its text: `name=text`.
struct NamedText: Equatable, ExpressibleByArgument {
    var name: String
    var text: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        self.name = String(argument[..<equals])
        self.text = String(argument[argument.index(after: equals)...])
    }

    /// All of them as an object; of a name given twice the last one counts.
    static func object(_ pairs: [NamedText]) -> JSONObject {
        var object: JSONObject = [:]
        for pair in pairs { object[pair.name] = .string(pair.text) }
        return object
    }
}
