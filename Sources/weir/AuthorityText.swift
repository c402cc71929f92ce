import GatewayClient
import TelemetryJSON

/// How the CA and certificates are shown.
enum AuthorityText {
    /// The CA in use; `nil` when there is none.
    static func inUse(_ authority: JSONObject) -> JSONObject? {
        authority["authorities"]?.array?.lazy.compactMap(\.object).first { $0["inUse"] == .bool(true) }
    }

    /// The CAs and the server's certificate, in full or as one line of JSON.
    static func print(_ authority: JSONObject, isJSON: Bool) throws {
        let console = Console.current
        if isJSON {
            var line = authority
            line["trust"] = nil
            return try console.print(line.description)
        }
        var table = self.table()
        for document in authority["authorities"]?.array?.compactMap(\.object) ?? [] {
            self.add(document, kind: document["inUse"] == .bool(true) ? "authority" : "former authority", to: &table)
        }
        if let server = authority["server"]?.object { self.add(server, kind: "server", to: &table) }
        try table.print(to: console)
        for name in ["faults", "warnings"] {
            for sentence in authority[name]?.array?.compactMap(\.string) ?? [] { console.note(sentence) }
        }
    }

    /// A table of certificates without rows.
    static func table() -> TextTable {
        TextTable([
            .init(title: "KIND"), .init(title: "NAME"), .init(title: "STATE"), .init(title: "ENDS"),
            .init(title: "SERIAL"),
        ])
    }

    /// Adds a row.
    static func add(_ certificate: JSONObject, kind: String, to table: inout TextTable) {
        let state = self.text(certificate, "state")
        let color: Console.Color? =
            switch state {
            case "ending": .warning
            case "expired", "revoked": .bad
            default: nil
            }
        let reason = certificate["revocationReason"]?.string.map { $0 == "unspecified" ? "" : " (\($0))" } ?? ""
        table.add([
            (kind, nil), (self.subject(certificate), .name), (state + reason, color),
            (self.text(certificate, "notAfter"), nil), (self.text(certificate, "serial"), .faint),
        ])
    }

    /// `device` or `device/module`, the operator's file of a server's, else `-`.
    static func subject(_ certificate: JSONObject) -> String {
        guard let device = certificate["deviceId"]?.string else { return certificate["file"]?.string ?? "-" }
        return certificate["moduleId"]?.string.map { "\(device)/\($0)" } ?? device
    }

    static func text(_ document: JSONObject, _ name: String) -> String {
        document[name]?.string ?? ""
    }
}
