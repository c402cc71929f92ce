import TelemetryJSON

/// How twins are shown: a head, and a table for each section.
///
///     device         dev1
///     version        6, etag AAAAAAAAAAU=
///     connection     connected, last activity 2026-11-21T03:51:17.121Z
///
///     TAG         VALUE
///     site.floor  "north"
///
///     DESIRED (version 4)  VALUE  WRITTEN                   BY VERSION
///     interval             5      2026-11-21T03:51:17.205Z           4
enum TwinText {
    /// The lines of a twin in the service's view.
    static func lines(_ twin: JSONObject, for console: Console) -> [String] {
        var lines = AccessText.aligned(self.head(twin, for: console), for: console)
        if let tags = twin["tags"]?.object, !tags.isEmpty {
            var table = TextTable([.init(title: "TAG"), .init(title: "VALUE")])
            for leaf in PropertyLeaves.of(tags) {
                table.add([(leaf.path, .name), (PropertyLeaves.text(leaf.value), nil)])
            }
            lines += [""] + table.lines(for: console)
        }
        for name in ["desired", "reported"] {
            guard let section = twin["properties"]?.object?[name]?.object else { continue }
            lines += [""] + self.table(of: section, named: name).lines(for: console)
        }
        return lines
    }

    /// `dev1` or `dev1/mod1`.
    static func id(_ document: JSONObject) -> String {
        [document["deviceId"]?.string, document["moduleId"]?.string].compactMap { $0 }.joined(separator: "/")
    }

    private static func head(_ twin: JSONObject, for console: Console) -> [(String, String)] {
        let version = twin["version"]?.integer.map { "\($0)" } ?? "unknown"
        let isConnected = twin["connectionState"]?.string == "Connected"
        var connection = isConnected ? console.colored("connected", .good) : console.colored("disconnected", .faint)
        if let time = twin["lastActivityTime"]?.string, !time.hasPrefix("0001-") {
            connection += ", last activity \(time)"
        }
        var lines = [
            (twin["moduleId"] == nil ? "device" : "module", console.colored(self.id(twin), .name)),
            ("version", "\(version), etag \(twin["etag"]?.string ?? "unknown")"),
        ]
        if let status = twin["status"]?.string, status != "enabled" { lines.append(("status", status)) }
        lines.append(("connection", connection))
        if let model = twin["modelId"]?.string, !model.isEmpty { lines.append(("model", EventText.printable(model))) }
        return lines
    }

    private static func table(of section: JSONObject, named name: String) -> TextTable {
        let version = section["$version"]?.integer.map { " (version \($0))" } ?? ""
        let isDesired = name == "desired"
        var columns: [TextTable.Column] = [
            .init(title: name.uppercased() + version), .init(title: "VALUE"), .init(title: "WRITTEN"),
        ]
        if isDesired { columns.append(.init(title: "BY VERSION", isNumber: true)) }
        var table = TextTable(columns)
        for leaf in PropertyLeaves.of(section) {
            let stamp = self.stamp(of: leaf.path, in: section)
            var cells: [(text: String, color: Console.Color?)] = [
                (EventText.printable(leaf.path), .name), (PropertyLeaves.text(leaf.value), nil),
                (stamp?["$lastUpdated"]?.string ?? "", .faint),
            ]
            if isDesired { cells.append((stamp?["$lastUpdatedVersion"]?.integer.map { "\($0)" } ?? "", .faint)) }
            table.add(cells)
        }
        return table
    }

    /// The metadata of a property.
    private static func stamp(of path: String, in section: JSONObject) -> JSONObject? {
        path.split(separator: ".").reduce(section["$metadata"]?.object) { $0?[String($1)]?.object }
    }
}
