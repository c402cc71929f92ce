import ArgumentParser
import GatewayClient
import TelemetryJSON

/// `weir enrollment list`: all groups, then all individual enrollments, page by page.
struct EnrollmentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List groups, then individual enrollments, in order of their names."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try self.connection.client()
        let console = Console.current
        var table = EnrollmentText.table()
        var count = 0
        for kind in [EnrollmentKind.group, .individual] {
            var continuation: String?
            repeat {
                let page = try await client.enrollments(kind, pageSize: 1_000, continuation: continuation)
                continuation = page.continuation
                count += page.items.count
                for enrollment in page.items {
                    if self.output.isJSON {
                        try console.print(enrollment.description)
                    } else {
                        EnrollmentText.add(enrollment, kind, to: &table)
                    }
                }
            } while continuation != nil
        }
        guard !self.output.isJSON else { return }
        if count == 0 {
            console.note("no enrollments yet: make one with `weir enrollment create NAME`")
        } else {
            try table.print(to: console)
        }
    }
}
