import GatewayClient
import TelemetryJSON

extension DoctorText {
    /// A line for something that is well, or not.
    static func mark(_ isWell: Bool, _ name: String, _ words: String) -> String {
        let console = Console.current
        let mark = isWell ? console.colored("✓", .good) : console.colored("✗", .bad)
        let padding = String(repeating: " ", count: max(0, 21 - name.count))
        return "\(mark) \(console.colored(name, .name))\(padding)  \(words)"
    }

    /// Lines for the server's certificate, the CA's and those of devices, then what is to be done.
    ///
    /// - Parameters:
    ///   - authority: what the gateway says of its CA.
    ///   - isJSON: one line of JSON instead.
    /// - Returns: whether nothing has ended.
    /// - Throws: when the output cannot be written.
    static func print(_ authority: JSONObject, isJSON: Bool) throws -> Bool {
        let console = Console.current
        let faults = authority["faults"]?.array?.compactMap(\.string) ?? []
        let warnings = authority["warnings"]?.array?.compactMap(\.string) ?? []
        guard !isJSON else {
            var line: JSONObject = ["check": .string("certificates")]
            for member in authority where member.name != "trust" { line.set(member.name, to: member.value) }
            try console.print(line.description)
            return faults.isEmpty
        }
        var shown: [(name: String, document: JSONObject)] = []
        if let server = authority["server"]?.object { shown.append(("server certificate", server)) }
        for document in authority["authorities"]?.array?.compactMap(\.object) ?? [] {
            shown.append((document["inUse"] == .bool(true) ? "CA" : "former CA", document))
        }
        for (name, document) in shown {
            let state = AuthorityText.text(document, "state")
            let end = AuthorityText.text(document, "notAfter")
            try console.print(
                self.mark(state != "expired", name, state == "expired" ? "ended at \(end)" : "good until \(end)")
            )
        }
        let devices = authority["devices"]?.object
        let counts = ["valid", "ending", "expired", "revoked"].map { "\(devices?[$0]?.integer ?? 0) \($0)" }
        try console.print(self.mark(true, "device certificates", counts.joined(separator: ", ")))
        for fault in faults { try console.print("    \(console.colored(fault, .bad))") }
        for warning in warnings { try console.print("    \(console.colored(warning, .warning))") }
        return faults.isEmpty
    }
}
