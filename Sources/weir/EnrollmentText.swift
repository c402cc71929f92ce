import GatewayClient
import TelemetryJSON

/// How enrollments are shown.
enum EnrollmentText {
    /// One enrollment, in full or as one line of JSON.
    static func print(_ enrollment: JSONObject, _ kind: EnrollmentKind, isJSON: Bool) throws {
        let console = Console.current
        if isJSON { return try console.print(enrollment.description) }
        var lines = [
            ("enrollment", console.colored(self.text(enrollment, kind.idName), .name)), ("kind", kind.rawValue),
            ("status", self.text(enrollment, "provisioningStatus")), ("proof", self.proof(of: enrollment)),
        ]
        let keys = enrollment["attestation"]?.object?["symmetricKey"]?.object
        for (title, name) in [("key", "primaryKey"), ("second key", "secondaryKey")] {
            if let key = keys?[name]?.string { lines.append((title, key)) }
        }
        for (title, name) in [("device", "deviceId"), ("hub", "iotHubHostName")] {
            if let value = enrollment[name]?.string { lines.append((title, value)) }
        }
        if let twin = enrollment["initialTwin"] { lines.append(("initial twin", twin.description)) }
        if let state = enrollment["registrationState"]?.object {
            let time = self.text(state, "lastUpdatedDateTimeUtc")
            lines.append(("registered", "as \(self.text(state, "deviceId")), last \(time)"))
        }
        lines.append(("created", self.text(enrollment, "createdDateTimeUtc")))
        lines.append(("etag", self.text(enrollment, "etag")))
        for line in AccessText.aligned(lines, for: console) { try console.print(line) }
    }

    /// A table of enrollments without rows.
    static func table() -> TextTable {
        TextTable([
            .init(title: "ENROLLMENT"), .init(title: "KIND"), .init(title: "STATUS"), .init(title: "PROOF"),
            .init(title: "CREATED"),
        ])
    }

    /// Adds a row.
    static func add(_ enrollment: JSONObject, _ kind: EnrollmentKind, to table: inout TextTable) {
        let status = self.text(enrollment, "provisioningStatus")
        table.add([
            (self.text(enrollment, kind.idName), .name), (kind.rawValue, nil),
            (status, status == "enabled" ? nil : .warning), (self.proof(of: enrollment), nil),
            (self.text(enrollment, "createdDateTimeUtc"), .faint),
        ])
    }

    private static func proof(of enrollment: JSONObject) -> String {
        let attestation = enrollment["attestation"]?.object
        guard let x509 = attestation?["x509"]?.object else { return "keys" }
        return x509["signingCertificates"] == nil ? "certificate" : "certificates of an authority"
    }

    private static func text(_ document: JSONObject, _ name: String) -> String {
        document[name]?.string ?? ""
    }
}
