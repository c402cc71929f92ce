import HubProtocol
import Hummingbird
import HummingbirdCore
import TelemetryModel

/// The query of a request, percent-decoded once; `+` is a plus.
struct QueryParameters: Sendable {
    private let values: [String: String]

    /// Reads the query of `uri`.
    ///
    /// - Parameters:
    ///   - uri: the request's.
    ///   - names: the parameters the route knows besides `api-version`; `nil`: unknown ones are passed over.
    /// - Throws: `HubError` for what is not percent-encoded UTF-8, for a repeated and for an unknown name.
    init(_ uri: URI, allowing names: [String]? = nil) throws(HubError) {
        var values = [String: String]()
        for pair in (uri.query ?? "").split(separator: "&") {
            let rawName = pair.prefix { $0 != "=" }
            guard let name = PercentEncoding.decode(rawName),
                let value = PercentEncoding.decode(pair.dropFirst(rawName.count + 1))
            else {
                throw HubError(.argumentInvalid, "the query is not percent-encoded UTF-8")
            }
            if let names, name != "api-version", !names.contains(name) {
                let hint = NearestName.of(name, among: names).map { "; did you mean “\($0)”?" } ?? ""
                let known = names.joined(separator: ", ")
                throw HubError(.argumentInvalid, "unknown parameter “\(name)”: this route knows \(known)\(hint)")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw HubError(.argumentInvalid, "the parameter \(name) is given twice")
            }
        }
        self.values = values
    }

    /// A parameter's value.
    subscript(name: String) -> String? { self.values[name] }

    /// A parameter that is `true` or `false`; absent is `false`.
    func flag(_ name: String) throws(HubError) -> Bool {
        switch self.values[name] {
        case nil, "false": return false
        case "true", "": return true
        case .some(let value):
            throw HubError(.argumentInvalid, "\(name) is “\(value)”, expected true or false")
        }
    }

    /// A parameter that is a whole number in `range`.
    func integer<Number: FixedWidthInteger & Sendable>(
        _ name: String,
        in range: ClosedRange<Number>
    ) throws(HubError) -> Number? {
        guard let text = self.values[name] else { return nil }
        guard let number = Number(text), range.contains(number) else {
            let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
            throw HubError(.argumentInvalid, "\(name) is “\(text)”, expected \(expected)")
        }
        return number
    }

    /// Every call of the contract carries the version it was written for; which one does not matter yet.
    ///
    /// Source: contract iothub-rest section 1, "api version".
    func requireVersion() throws(HubError) {
        guard let version = self.values["api-version"], !version.isEmpty else {
            throw HubError(.argumentInvalid, "the parameter api-version is missing: add ?api-version=2021-04-12")
        }
    }
}
