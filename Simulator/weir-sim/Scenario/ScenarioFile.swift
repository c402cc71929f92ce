import FleetModel
import TelemetryModel
import Yams

/// Reads a scenario. Every key is described in `Simulator/scenarios/greenhouse.yaml`.
enum ScenarioFile {
    /// A larger file is no scenario.
    private static let bytesMax = 1 << 20

    /// Reads a scenario from a file.
    static func load(path: String) throws(ScenarioError) -> Scenario {
        var text = [UInt8]()
        do {
            let file = try RecordingFile(path: path)
            while text.count <= ScenarioFile.bytesMax, try file.readPiece(receive: { text += $0 }) {}
        } catch {
            throw ScenarioError(file: path, line: nil, problem: error.reason)
        }
        guard text.count <= ScenarioFile.bytesMax else {
            throw ScenarioError(file: path, line: nil, problem: "is larger than 1 MiB, which no scenario is")
        }
        guard let yaml = String(validating: text, as: UTF8.self) else {
            throw ScenarioError(file: path, line: nil, problem: "is not UTF-8 text")
        }
        return try ScenarioFile.parse(yaml, file: path)
    }

    /// Reads a scenario from its text.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: stands before the line in messages.
    /// - Returns: a scenario whose parts fit each other.
    /// - Throws: the first fault.
    static func parse(_ yaml: String, file: String) throws(ScenarioError) -> Scenario {
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch {
            throw ScenarioFile.fault(error, file: file)
        }
        guard let root else { throw ScenarioError(file: file, line: nil, problem: "is empty") }
        let section = try ScenarioSection(
            root,
            name: "the scenario",
            keys: ["seed", "startTime", "devices", "faults"],
            file: file
        )
        let seed = try section.value("seed", default: 1, expected: "a whole number from 0 to \(UInt64.max)") {
            UInt64($0)
        }
        let startHour = try section.value("startTime", default: 12, expected: "a time of day, such as \"13:30\"") {
            ScenarioFile.hour($0)
        }
        var groups = [DeviceGroup]()
        var kinds = [String: DeviceGroup]()
        for node in try section.list("devices") {
            let group = try ScenarioFile.group(node, file: file)
            for id in group.ids where kinds.updateValue(group, forKey: id) != nil {
                throw ScenarioError(file: file, line: node.mark?.line, problem: "the device \(id) is there twice")
            }
            groups.append(group)
            guard kinds.count <= Scenario.deviceCountMax else {
                let problem = "there are more than \(Scenario.deviceCountMax) devices"
                throw ScenarioError(file: file, line: node.mark?.line, problem: problem)
            }
        }
        guard !groups.isEmpty else {
            throw ScenarioError(file: file, line: section.node("devices")?.line, problem: "devices must list a group")
        }
        var faults = [Fault]()
        for node in try section.list("faults") {
            faults.append(try ScenarioFile.fault(node, groups: kinds, file: file))
        }
        return Scenario(seed: seed, startHour: startHour, groups: groups, faults: faults)
    }

    private static func group(_ node: Node, file: String) throws(ScenarioError) -> DeviceGroup {
        let section = try ScenarioSection(
            node,
            name: "a device group",
            keys: ["count", "id", "kind", "interval", "channels"],
            file: file
        )
        let count = try section.integer("count", default: 1, in: 1...Scenario.deviceCountMax)
        let kind = try section.choice("kind", of: PlaceKind.self)
        let interval = try section.duration("interval", in: DeviceGroup.intervalMin...DeviceGroup.intervalMax)
        let placeholder = DevicePattern.placeholder
        let expected = "an id of letters, digits and -._:, with \(placeholder) once for the device's number"
        let pattern = try section.value("id", expected: expected) { DevicePattern($0) }
        guard let ids = pattern.ids(count: count) else {
            let text = try section.text("id") ?? ""
            throw section.fault("id", "is “\(text)” but must be \(expected) when count is over 1")
        }
        let channels = try ScenarioFile.channels(section, kind: kind, file: file)
        return DeviceGroup(ids: ids, kind: kind, interval: interval, channels: channels)
    }

    private static func channels(
        _ section: ScenarioSection,
        kind: PlaceKind,
        file: String
    ) throws(ScenarioError) -> [ChannelModel] {
        guard let (node, line) = section.node("channels") else { return kind.channels }
        let names = kind.channels.map(\.name)
        let chosen = try ScenarioSection(node, name: "channels of a \(kind.rawValue)", keys: names, file: file)
        var channels = [ChannelModel]()
        for model in kind.channels {
            guard let (node, _) = chosen.node(model.name) else { continue }
            channels.append(try ScenarioChannel.model(node, base: model, file: file))
        }
        guard !channels.isEmpty else {
            let problem = "channels must name at least one of \(names.joined(separator: ", "))"
            throw ScenarioError(file: file, line: line, problem: problem)
        }
        return channels
    }

    private static func fault(
        _ node: Node,
        groups: [String: DeviceGroup],
        file: String
    ) throws(ScenarioError) -> Fault {
        let section = try ScenarioSection(
            node,
            name: "a fault",
            keys: ["kind", "device", "channel", "after", "size", "readings"],
            file: file
        )
        let kind = try section.choice("kind", of: Fault.Kind.self)
        let device = try section.value("device", expected: "the id of a device of this scenario") { $0 }
        guard let group = groups[device] else {
            let hint = NearestName.of(device, among: Array(groups.keys.sorted().prefix(1_000)))
            throw section.fault(
                "device",
                "is “\(device)”, which no group has" + (hint.map { "; did you mean “\($0)”?" } ?? "")
            )
        }
        let names = group.channels.map(\.name)
        let expected = "a channel of \(device): \(names.joined(separator: ", "))"
        let channel = try section.value("channel", expected: expected) { names.contains($0) ? $0 : nil }
        let size = try section.value("size", expected: "a number from -1000000 to 1000000, not 0") { text in
            Double(text).flatMap { $0 != 0 && abs($0) <= 1e6 ? $0 : nil }
        }
        return Fault(
            kind: kind,
            device: device,
            channel: channel,
            after: try section.duration("after", in: .zero ... .seconds(3_600_000)),
            size: size,
            readings: try section.integer("readings", default: 1, in: 1...1_000_000)
        )
    }

    /// Hours since midnight of `hh:mm`.
    private static func hour(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return Double(hours) + Double(minutes) / 60
    }

    /// Translates what the YAML parser throws.
    private static func fault(_ error: any Error, file: String) -> ScenarioError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ScenarioError(file: file, line: mark.line, problem: "is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            ScenarioError(
                file: file,
                line: context.mark.line,
                problem: "the key \(keys.joined(separator: ", ")) is there twice"
            )
        default:
            ScenarioError(file: file, line: nil, problem: "is no YAML: \(error)")
        }
    }
}
