package import TelemetryJSON

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral text: String) {
        self = .string(text)
    }

    package init(integerLiteral number: Int64) {
        self = .integer(number)
    }

    package init(dictionaryLiteral members: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in members { object.set(name, to: value) }
        self = .object(object)
    }
}
