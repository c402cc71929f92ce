internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel

/// The members of a request's body, checked one by one; `null` is as if it were not there.
struct RequestMembers {
    let all: JSONObject

    init(object: JSONObject) {
        self.all = object
    }

    func value(_ name: String) -> JSONValue? {
        let value = self.all[name]
        return value == .null ? nil : value
    }

    func string(_ name: String) throws(HubError) -> String? {
        guard let value = self.value(name) else { return nil }
        guard case .string(let text) = value else { throw RequestMembers.fault(name, "a string", value) }
        return text
    }

    func object(_ name: String) throws(HubError) -> JSONObject? {
        guard let value = self.value(name) else { return nil }
        guard case .object(let object) = value else { throw RequestMembers.fault(name, "an object", value) }
        return object
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(HubError) -> Int? {
        guard let value = self.value(name) else { return nil }
        guard case .integer(let number) = value, let number = Int(exactly: number), range.contains(number) else {
            throw RequestMembers.fault(name, "an integer from \(range.lowerBound) to \(range.upperBound)", value)
        }
        return number
    }

    func time(_ name: String) throws(HubError) -> Timestamp? {
        guard let text = try self.string(name) else { return nil }
        guard let time = Timestamp(iso8601: text) else {
            throw RequestMembers.fault(name, "a time such as 2026-11-21T04:33:00Z", .string(text))
        }
        return time
    }

    static func fault(_ name: String, _ expected: String, _ found: JSONValue) -> HubError {
        let text = found.description
        let shown = text.utf8.count <= 100 ? text : "\(text.prefix(50))…"
        return HubError(.argumentInvalid, "\(name) is \(shown); expected \(expected)")
    }
}
