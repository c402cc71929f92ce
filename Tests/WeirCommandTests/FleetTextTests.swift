import GatewayClient
import TelemetryJSON
import TelemetryModel
import Testing

@testable import weir

@Suite("How queries, jobs, messages and configurations are written for people")
struct FleetTextTests {
    private static let plain = Console(isTerminal: false, hasColor: false, output: { _ in }, error: { _ in })

    private static func objects(_ json: String) throws -> [JSONObject] {
        try #require(try JSONValue(parsing: json).array).compactMap(\.object)
    }

    @Test("rows are a table with the columns of the rows; a page with the same columns has no heading")
    func query() throws {
        var text = QueryText(isTwins: false)
        let first = try Self.objects(#"[{"deviceId":"a","n":1},{"deviceId":"b","o":{"x":[1]}}]"#)
        #expect(text.lines(first, for: Self.plain) == ["deviceId  n  o", #"a         1"#, #"b            {"x":[1]}"#])
        #expect(text.lines(try Self.objects(#"[{"deviceId":"c"}]"#), for: Self.plain) == ["c"])
        #expect(text.lines(try Self.objects(#"[{"z":true}]"#), for: Self.plain) == ["z", "true"])
        #expect(text.lines([], for: Self.plain).isEmpty)
    }

    @Test("of whole twins what fits is shown")
    func twins() throws {
        var text = QueryText(isTwins: true)
        let rows = try Self.objects(
            #"[{"deviceId":"a","etag":"e","status":"enabled","version":2,"tags":{"s":1},"properties":{}}]"#
        )
        #expect(
            text.lines(rows, for: Self.plain) == [
                "deviceId  status   version  tags", #"a         enabled        2  {"s":1}"#,
            ]
        )
    }

    private static let job = """
        [{"jobId":"j1","createdTime":"T0","startTime":"T1","endTime":null,"type":"scheduleDeviceMethod",
          "queryCondition":"tags.a = 1","rateLimitPerSecond":10,"cloudToDeviceMethod":{"methodName":"reboot"},
          "status":"running","failureReason":null,
          "deviceJobStatistics":{"deviceCount":1200,"failedCount":1,"succeededCount":2,"runningCount":3,"pendingCount":1194}}]
        """

    @Test("a job tells what it does, where, and how far it is")
    func job() throws {
        let job = try Self.objects(Self.job)[0]
        #expect(JobText.state(job) == .init(status: "running", done: 3, total: 1_200, failed: 1))
        #expect(
            JobText.lines(job, for: Self.plain).joined(separator: "\n") == """
                job            j1
                does           method reboot
                where          tags.a = 1
                status         running
                created        T0
                start          T1
                rate           10 devices/s
                devices        1,200 in all, 2 succeeded, 1 failed, 3 running, 1,194 pending
                """
        )
        let table = JobText.table([job], for: Self.plain).lines(for: Self.plain)
        #expect(
            table == [
                "JOB  STATUS   DEVICES  FAILED  START  DOES", "j1   running    1,200       1  T1     method reboot",
            ]
        )
    }

    @Test(
        "a job has ended when nothing more happens",
        arguments: [
            ("scheduled", false), ("queued", false), ("running", false), ("completed", true), ("failed", true),
            ("cancelled", true), ("unknown", false),
        ]
    )
    func jobEnd(status: String, isEnded: Bool) {
        #expect(JobText.state(["status": .string(status)]).isEnded == isEnded)
    }

    @Test("a twin job shows what it writes")
    func twinJob() {
        let update: JSONObject = ["tags": .object(["a": .integer(1)]), "etag": .string("*")]
        #expect(JobText.action(["updateTwin": .object(update)]) == #"twin {"tags":{"a":1}}"#)
    }

    @Test("a job's id is quoted for the query language", arguments: [("j1", "'j1'"), (#"a'b\"#, #"'a\'b\\'"#)])
    func quoted(id: String, constant: String) {
        #expect(JobShowCommand.quoted(id) == constant)
    }

    @Test("feedback is one line")
    func feedback() throws {
        let records = try Self.objects(
            #"""
            [{"originalMessageId":"m9","enqueuedTimeUtc":"T","statusCode":"Success","description":"Success","deviceId":"d"},
             {"originalMessageId":"m\u001b","enqueuedTimeUtc":"T","statusCode":"Expired","description":"too late","deviceId":"d"}]
            """#
        )
        #expect(
            records.map { FeedbackText.line($0, for: Self.plain) } == [
                "T  d  Success  m9", "T  d  Expired  m␛  too late",
            ]
        )
    }

    @Test("a configuration is a head, its content and its metrics")
    func configuration() throws {
        let document = try Self.objects(
            #"""
            [{"id":"c","labels":{"a":"b"},"content":{"deviceContent":{"properties.desired.t":5}},"targetCondition":"*",
              "priority":10,"etag":"E","systemMetrics":{"results":{"targetedCount":1200,"appliedCount":1}},
              "metrics":{"queries":{"ok":"SELECT"},"results":{"ok":7}}}]
            """#
        )[0]
        #expect(
            ConfigurationText.lines(document, for: Self.plain).joined(separator: "\n") == """
                configuration  c
                where          *
                priority       10
                labels         a=b
                etag           E

                DEVICECONTENT         VALUE
                properties.desired.t  5

                METRIC         DEVICES
                targetedCount    1,200
                appliedCount         1
                ok                   7
                """
        )
        #expect(
            ConfigurationText.table([document]).lines(for: Self.plain) == [
                "CONFIGURATION  PRIORITY  TARGETED  APPLIED  WHERE", "c                    10     1,200        1  *",
            ]
        )
    }

    @Test("a test of a configuration names each fault")
    func configurationFaults() throws {
        let answer: JSONObject = [
            "targetConditionError": .string("bad"),
            "customMetricQueryErrors": .object(["a": .string("worse"), "b": .null, "c": .string("")]),
        ]
        #expect(ConfigurationTestCommand.faults(in: answer) == ["--where: bad", "--metric a: worse"])
        #expect(ConfigurationTestCommand.faults(in: ["targetConditionError": .null]).isEmpty)
    }

    @Test(
        "an error says what to do next",
        arguments: [
            ("DeviceNotOnline", "weir device show d1/m`"), ("ModuleNotFound", "--modules d1`"),
            ("GatewayTimeout", "--timeout"),
            ("DeviceNotFound", "weir device list"),
            ("PreconditionFailed", "read it again"), ("DeviceMaximumQueueDepthExceeded", "weir message purge d1/m`"),
            ("JobNotFound", "weir job list"), ("ConfigurationNotFound", "weir configuration list"),
        ]
    )
    func advice(code: String, words: String) {
        let error = GatewayClientError.refused(status: 404, code: code, message: "no")
        #expect(ErrorAdvice.sentence(for: error, about: "d1/m")?.contains(words) == true)
    }

    @Test("where there is nothing to add nothing is added")
    func noAdvice() {
        #expect(ErrorAdvice.sentence(for: .refused(status: 400, code: "ArgumentInvalid", message: "no")) == nil)
        #expect(ErrorAdvice.sentence(for: .notRunning(address: "a:1")) == nil)
    }

    @Test("a message expires after a while or at a time")
    func expiry() {
        let now = Timestamp(seconds: 1_000)
        #expect(ExpiryOption(argument: "10min")?.time(after: now) == Timestamp(seconds: 1_600))
        #expect(ExpiryOption(argument: "2026-11-21T12:00:00Z")?.time(after: now).milliseconds == 1_795_262_400_000)
        #expect(ExpiryOption(argument: "soon") == nil)
    }

    @Test(
        "a token of a module names it",
        arguments: [("d", "/devices/d"), ("d/m", "/devices/d/modules/m")]
    )
    func tokenPath(id: String, path: String) {
        #expect(DeviceTokenCommand.path(id) == path)
    }
}
