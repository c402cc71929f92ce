import HubProtocol
import TelemetryJSON

/// A twin as the digital twin API shows and writes it. Pure.
///
/// - A property has its reported value, and the desired one where nothing is reported; an object with `"__t":"c"` is a
///   component, whose properties are looked at in the same way.
/// - `$metadata` has the model, and for each property that somebody wants `desiredValue`, `desiredVersion` and
///   `lastUpdateTime`.
///
/// Source: contract iothub-rest section 9.
enum DigitalTwin {
    /// What marks a component.
    private static let componentMark = "__t"

    /// The document.
    ///
    /// - Parameter twin: the service's view of a twin.
    /// - Returns: `{"$dtId":"d-1", …, "$metadata":{"$model":"dtmi:…"}}`.
    static func document(of twin: JSONObject) -> JSONObject {
        let properties = twin["properties"]?.object ?? [:]
        var document: JSONObject = ["$dtId": twin["deviceId"] ?? .null]
        var metadata: JSONObject = ["$model": twin["modelId"] ?? .string("")]
        self.write(
            Sections(
                desired: properties["desired"]?.object ?? [:],
                reported: properties["reported"]?.object ?? [:],
                desiredStamps: properties["desired"]?.object?["$metadata"]?.object ?? [:],
                reportedStamps: properties["reported"]?.object?["$metadata"]?.object ?? [:]
            ),
            to: &document,
            metadata: &metadata
        )
        document.set("$metadata", to: .object(metadata))
        return document
    }

    /// One level of both sections.
    private struct Sections {
        var desired: JSONObject
        var reported: JSONObject
        var desiredStamps: JSONObject
        var reportedStamps: JSONObject

        /// The same one level further down.
        func within(_ name: String) -> Sections {
            Sections(
                desired: self.desired[name]?.object ?? [:],
                reported: self.reported[name]?.object ?? [:],
                desiredStamps: self.desiredStamps[name]?.object ?? [:],
                reportedStamps: self.reportedStamps[name]?.object ?? [:]
            )
        }
    }

    private static func write(_ sections: Sections, to document: inout JSONObject, metadata: inout JSONObject) {
        var names = sections.reported.map(\.name)
        names += sections.desired.map(\.name).filter { sections.reported[$0] == nil }
        for name in names where !name.hasPrefix("$") && name != self.componentMark {
            let reported = sections.reported[name]
            let desired = sections.desired[name]
            if self.isComponent(reported) || self.isComponent(desired) {
                var component = JSONObject()
                var inner = JSONObject()
                self.write(sections.within(name), to: &component, metadata: &inner)
                component.set("$metadata", to: .object(inner))
                document.set(name, to: .object(component))
                continue
            }
            document.set(name, to: reported ?? desired ?? .null)
            var entry = JSONObject()
            let stamp = sections.desiredStamps[name]?.object
            if let desired {
                entry.set("desiredValue", to: desired)
                entry.set("desiredVersion", to: stamp?["$lastUpdatedVersion"] ?? .null)
            }
            let time = sections.reportedStamps[name]?.object?["$lastUpdated"] ?? stamp?["$lastUpdated"]
            if let time { entry.set("lastUpdateTime", to: time) }
            metadata.set(name, to: .object(entry))
        }
    }

    private static func isComponent(_ value: JSONValue?) -> Bool {
        value?.object?[self.componentMark]?.string == "c"
    }

    /// The body of the twin's update that a JSON Patch (RFC 6902) stands for.
    ///
    /// - Parameter operations: an array of `add`, `replace` and `remove`.
    /// - Returns: `{"properties":{"desired":{…}}}`.
    /// - Throws: `argumentInvalid` that names the operation at fault.
    static func twinPatch(for operations: JSONValue) throws(HubError) -> JSONValue {
        guard case .array(let operations) = operations else {
            throw HubError(.argumentInvalid, "the body is not an array of JSON Patch operations")
        }
        var desired = JSONObject()
        for (index, operation) in operations.enumerated() {
            let (names, value) = try self.write(of: operation, at: index)
            switch names.count {
            case 1:
                desired.set(names[0], to: value)
            default:
                var component = desired[names[0]]?.object ?? [self.componentMark: .string("c")]
                component.set(names[1], to: value)
                desired.set(names[0], to: .object(component))
            }
        }
        return .object(["properties": .object(["desired": .object(desired)])])
    }

    /// Where an operation writes, one or two names, and what; `null` removes.
    private static func write(
        of operation: JSONValue,
        at index: Int
    ) throws(HubError) -> (names: [String], value: JSONValue) {
        func fault(_ sentence: String) -> HubError {
            HubError(.argumentInvalid, "operation \(index) \(sentence)")
        }
        guard case .object(let operation) = operation, let path = operation["path"]?.string else {
            throw fault("is not an object with a “path”")
        }
        // RFC 6901: `~1` is a slash, `~0` a tilde.
        let names = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
        guard path.hasPrefix("/"), (1...2).contains(names.count), names.allSatisfy({ !$0.isEmpty }) else {
            throw fault("has the path “\(path.prefix(128))”, expected /property or /component/property")
        }
        switch operation["op"]?.string {
        case "add", "replace":
            guard let value = operation["value"] else { throw fault("has no “value”") }
            return (names, value)
        case "remove":
            return (names, .null)
        default:
            throw fault("has no “op” add, replace or remove")
        }
    }

    /// The direct method that a command is: `reboot`, of a component `thermo1*getMax`.
    static func methodName(command: String, component: String?) -> String {
        component.map { "\($0)*\(command)" } ?? command
    }
}
