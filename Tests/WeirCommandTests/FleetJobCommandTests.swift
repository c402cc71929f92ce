import TelemetryJSON
import Testing

/// Jobs and configurations against a real API, registry and hub.
@Suite("weir job and configuration")
struct FleetJobCommandTests {
    @Test("a job changes the twins it is for, and tells how it went on each", .timeLimit(.minutes(1)))
    func job() async throws {
        try await GatewayFixture.run(hubSharesLog: true) { gateway in
            _ = await gateway.weir("device", "create", "a", "b", "c")
            for id in ["a", "b"] { _ = await gateway.weir("twin", "update", id, "--tags", "site=north") }
            let arguments = [
                "job", "create", "twin-update", "--where", "tags.site = 'north'", "--desired", "interval=5", "--id",
                "j1", "--data", gateway.folder,
            ]
            let done = await GatewayFixture.weir(arguments + ["--wait", "--json"])
            #expect(done.status == 0, "\(done)")
            let job = try #require(try JSONValue(parsing: done.output).object)
            #expect(job["status"]?.string == "completed")
            #expect(job["deviceJobStatistics"]?.object?["succeededCount"]?.integer == 2)
            let found = await gateway.weir(
                "device",
                "query",
                "SELECT deviceId FROM devices WHERE properties.desired.interval = 5"
            )
            #expect(found.lines == ["deviceId", "a", "b"])
            let list = await gateway.weir("job", "list", "--status", "completed", "--type", "twin-update")
            #expect(list.lines.count == 2, "\(list)")
            #expect(list.lines.last?.hasPrefix("j1   completed        2       0") == true, "\(list)")
            let shown = await gateway.weir("job", "show", "j1", "--devices")
            #expect(shown.output.contains("2 in all, 2 succeeded"), "\(shown)")
            #expect(shown.lines.suffix(2).allSatisfy { $0.contains("completed") }, "\(shown)")
            let again = await GatewayFixture.weir(arguments)
            #expect(again.status == 1)
            #expect(again.error.contains("name another with --id"), "\(again.error)")
            #expect(await gateway.weir("job", "cancel", "nobody").error.contains("weir job list"))
        }
    }

    @Test("a job that fails on a device is exit status 1 with --wait", .timeLimit(.minutes(1)))
    func failingJob() async throws {
        try await GatewayFixture.run(hubSharesLog: true) { gateway in
            _ = await gateway.weir("device", "create", "a")
            let outcome = await gateway.weir(
                "job",
                "create",
                "method",
                "reboot",
                "--where",
                "*",
                "--timeout",
                "5",
                "--wait"
            )
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.output.contains("1 failed"), "\(outcome)")
        }
    }

    @Test("a configuration is tested, made, listed, changed and deleted")
    func configuration() async throws {
        try await GatewayFixture.run(hubSharesLog: true) { gateway in
            let north = "tags.site = 'north'"
            #expect(await gateway.weir("configuration", "test", "--where", north).output == "all is well\n")
            let bad = await gateway.weir("configuration", "test", "--where", "tags.site =")
            #expect(bad.status == 1)
            #expect(bad.output.hasPrefix("--where: "), "\(bad)")
            #expect(await gateway.weir("configuration", "list").error.contains("weir configuration create"))
            let made = await gateway.weir(
                "configuration",
                "create",
                "fast",
                "--where",
                north,
                "--desired",
                "fan.speed=3",
                "--label",
                "by=me"
            )
            #expect(made.status == 0, "\(made.error)")
            #expect(made.output.contains("properties.desired.fan.speed  3"), "\(made)")
            let changed = await gateway.weir("configuration", "update", "fast", "--priority", "20")
            #expect(changed.status == 0, "\(changed.error)")
            #expect(changed.output.contains("priority       20"), "\(changed)")
            #expect(changed.output.contains("labels         by=me"))
            #expect(await gateway.weir("configuration", "list").lines.last?.contains(north) == true)
            let stale = await gateway.weir("configuration", "update", "fast", "--priority", "1", "--etag", "nope")
            #expect(stale.error.contains("read it again"), "\(stale)")
            #expect(await gateway.weir("configuration", "delete", "fast").status == 0)
            #expect(await gateway.weir("configuration", "show", "fast").error.contains("weir configuration list"))
        }
    }
}
