package import TelemetryJSON
import TelemetryModel

/// What the twin's desired properties may set, checked against the configuration file that they go over.
///
/// ```json
/// {"logLevel":"info",
///  "sensors":{"room":{"intervalMilliseconds":5000}},
///  "channels":{"temperature":{"offset":-0.4,"deadBand":0.1,"intervalMinMilliseconds":0,"intervalMaxMilliseconds":600000}}}
/// ```
/// Sensors go by the names of the configuration (``SensorConfiguration/twinKey``), channels by those that are published.
/// A property that is taken away gives its place back to the file's value. A bad one is refused by itself, and its last
/// good value stays, also over restarts: ``accepted`` is what is kept.
package struct RemoteSettings: Equatable, Sendable {
    /// The good properties, in the same form.
    package private(set) var accepted = JSONObject()
    /// Why the others are not in it; at most ``refusalsMax``, the rest is counted in the last.
    package private(set) var refusals: [SettingRefusal] = []
    /// The configuration with the accepted properties in it.
    package private(set) var effective: AgentConfiguration

    package static let refusalsMax = 20
    private static let ruleKeys = ["offset", "deadBand", "intervalMinMilliseconds", "intervalMaxMilliseconds"]

    private var refusedCount = 0

    /// Checks desired properties.
    ///
    /// - Parameters:
    ///   - desired: The whole section; `$version` and `$metadata` are left alone.
    ///   - lastGood: What was ``accepted`` before; its value is kept where the new one is bad.
    ///   - base: What the file says.
    package init(desired: JSONObject, lastGood: JSONObject = JSONObject(), over base: AgentConfiguration) {
        self.effective = base
        for member in desired where !member.name.hasPrefix("$") {
            let old = lastGood[member.name]
            switch member.name {
            case "logLevel": self.readLogLevel(member.value, lastGood: old)
            case "sensors": self.readSensors(member.value, lastGood: old)
            case "channels": self.readChannels(member.value, lastGood: old)
            default:
                self.refuse([member.name], Self.unknown(member.name, among: ["logLevel", "sensors", "channels"]))
            }
        }
        if self.refusedCount > Self.refusalsMax {
            let rest = self.refusedCount - self.refusals.count + 1
            self.refusals[Self.refusalsMax - 1] = SettingRefusal(key: "…", reason: "and \(rest) more")
        }
    }

    // MARK: Sections

    private mutating func readLogLevel(_ value: JSONValue, lastGood: JSONValue?) {
        self.take(["logLevel"], value, lastGood: lastGood) { value, configuration in
            guard let level = value.string.flatMap(LogLevel.init(name:)) else {
                return "expected one of \(LogLevel.names)"
            }
            configuration.logLevel = level
            return nil
        }
    }

    private mutating func readSensors(_ value: JSONValue, lastGood: JSONValue?) {
        self.readSection("sensors", value) { settings, name, members in
            guard let index = settings.effective.sensors.firstIndex(where: { $0.twinKey == name }) else {
                let names = settings.effective.sensors.map(\.twinKey)
                return settings.refuse(["sensors", name], Self.unknown(name, among: names, what: "sensor"))
            }
            for member in members {
                let path = ["sensors", name, member.name]
                guard member.name == "intervalMilliseconds" else {
                    settings.refuse(path, Self.unknown(member.name, among: ["intervalMilliseconds"]))
                    continue
                }
                let old = lastGood?.object?[name]?.object?[member.name]
                settings.take(path, member.value, lastGood: old) { value, configuration in
                    Self.whole(value, in: configuration.sensors[index].intervals) {
                        configuration.sensors[index].intervalMilliseconds = $0
                    }
                }
            }
        }
    }

    private mutating func readChannels(_ value: JSONValue, lastGood: JSONValue?) {
        self.readSection("channels", value) { settings, name, members in
            guard let (sensor, quantity) = settings.effective.channel(named: name) else {
                let names = settings.effective.sensors.flatMap { $0.channels.values }.sorted()
                return settings.refuse(["channels", name], Self.unknown(name, among: names, what: "channel"))
            }
            for member in members {
                let path = ["channels", name, member.name]
                guard Self.ruleKeys.contains(member.name) else {
                    settings.refuse(path, Self.unknown(member.name, among: Self.ruleKeys))
                    continue
                }
                let old = lastGood?.object?[name]?.object?[member.name]
                settings.take(path, member.value, lastGood: old) { value, configuration in
                    var rule = configuration.sensors[sensor].rule(of: quantity)
                    if let expected = Self.set(member.name, of: &rule, to: value) { return expected }
                    configuration.sensors[sensor].rules[quantity] = rule
                    return nil
                }
            }
        }
    }

    /// Reads an object of objects; `nil` in either takes nothing.
    private mutating func readSection(
        _ section: String,
        _ value: JSONValue,
        _ body: (inout RemoteSettings, String, JSONObject) -> Void
    ) {
        guard value != .null else { return }
        guard let object = value.object else { return self.refuse([section], "expected an object of objects") }
        for member in object where member.value != .null {
            guard let members = member.value.object else {
                self.refuse([section, member.name], "expected an object")
                continue
            }
            body(&self, member.name, members)
        }
    }

    // MARK: Values

    /// Sets one property of the rule; returns what was expected when the value is bad.
    private static func set(_ key: String, of rule: inout ChannelRule, to value: JSONValue) -> String? {
        switch key {
        case "offset": self.decimal(value, in: ChannelRule.offsetRange) { rule.offset = $0 }
        case "deadBand": self.decimal(value, in: ChannelRule.deadBandRange) { rule.deadBand = $0 }
        case "intervalMinMilliseconds":
            self.whole(value, in: ChannelRule.intervalRange) { rule.intervalMinMilliseconds = $0 }
        default:
            self.whole(value, in: ChannelRule.intervalRange) { rule.intervalMaxMilliseconds = $0 }
        }
    }

    private static func decimal(_ value: JSONValue, in range: ClosedRange<Double>, _ set: (Double) -> Void) -> String? {
        let number: Double?
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double
        case .null, .bool, .string, .array, .object: number = nil
        }
        guard let number, range.contains(number) else {
            return "expected a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
        }
        set(number)
        return nil
    }

    private static func whole(_ value: JSONValue, in range: ClosedRange<Int>, _ set: (Int) -> Void) -> String? {
        let integer: Int?
        switch value {
        case .integer(let value): integer = Int(exactly: value)
        case .number(let value): integer = Int(exactly: value)  // some programs write 5000.0
        case .null, .bool, .string, .array, .object: integer = nil
        }
        guard let integer, range.contains(integer) else {
            return "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
        set(integer)
        return nil
    }

    /// Takes a property by `set`, which says what was expected when the value is bad; then the last good one, if there is
    /// one, is taken in its place.
    private mutating func take(
        _ path: [String],
        _ value: JSONValue,
        lastGood: JSONValue?,
        _ set: (JSONValue, inout AgentConfiguration) -> String?
    ) {
        guard value != .null else { return }
        guard let expected = set(value, &self.effective) else { return self.accept(path, value) }
        let seen = "is \(value.description.prefix(80)); \(expected)"
        guard let lastGood, set(lastGood, &self.effective) == nil else {
            return self.refuse(path, "\(seen). What the file says stays")
        }
        self.accept(path, lastGood)
        self.refuse(path, "\(seen). The last good value stays: \(lastGood)")
    }

    private mutating func accept(_ path: [String], _ value: JSONValue) {
        self.accepted.set(value, at: path[...])
    }

    private mutating func refuse(_ path: [String], _ reason: String) {
        self.refusedCount += 1
        guard self.refusals.count < Self.refusalsMax else { return }
        self.refusals.append(SettingRefusal(key: path.joined(separator: "."), reason: reason))
    }

    private static func unknown(_ name: String, among names: [String], what: String = "property") -> String {
        if let near = NearestName.of(name, among: names) { return "is no known \(what); did you mean '\(near)'?" }
        let list = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        return "is no known \(what); known here: \(list)"
    }
}

extension JSONObject {
    /// Sets the value at the end of a path of names, making the objects on the way.
    fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        if path.count == 1 {
            self[name] = value
        } else {
            var inner = self[name]?.object ?? JSONObject()
            inner.set(value, at: path.dropFirst())
            self[name] = .object(inner)
        }
    }
}
