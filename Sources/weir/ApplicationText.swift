import GatewayClient

/// How applications are shown.
enum ApplicationText {
    /// One application, in full or as one line of JSON.
    static func print(_ application: ApplicationDescription, isJSON: Bool) throws {
        let console = Console.current
        if isJSON { return try console.print(JSONLine.encode(application)) }
        let connection = self.connection(application)
        let lines =
            [
                ("application", console.colored(application.name, .name)),
                ("status", application.status),
                ("connection", connection.color.map { console.colored(connection.text, $0) } ?? connection.text),
                ("password", application.hasPassword ? "set" : "none"),
                ("thumbprint", application.thumbprint ?? "none"),
            ] + AccessText.lines(application.permissions, application.limits) + [
                ("generation", application.generationId), ("etag", application.etag),
            ]
        for line in AccessText.aligned(lines, for: console) { try console.print(line) }
    }

    /// A table of applications.
    static func table(_ applications: [ApplicationDescription]) -> TextTable {
        var table = TextTable([
            .init(title: "APPLICATION"), .init(title: "STATUS"), .init(title: "CONNECTION"), .init(title: "PASSWORD"),
            .init(title: "PUBLISH"), .init(title: "SUBSCRIBE"),
        ])
        for application in applications {
            table.add([
                (application.name, .name),
                (application.status, application.status == "enabled" ? nil : .warning),
                self.connection(application),
                (application.hasPassword ? "set" : "none", nil),
                (application.permissions.publish.joined(separator: " "), nil),
                (application.permissions.subscribe.joined(separator: " "), nil),
            ])
        }
        return table
    }

    private static func connection(_ application: ApplicationDescription) -> (text: String, color: Console.Color?) {
        application.connectionState == "Connected" ? ("connected", .good) : ("disconnected", .faint)
    }
}
