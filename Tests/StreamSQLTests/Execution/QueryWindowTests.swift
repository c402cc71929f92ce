import StreamSQL
import TelemetryModel
import TestSupport
import Testing

@Suite("windows of a query, in time strings")
struct QueryWindowTests {
    @Test(
        "a tumbling window leaves its start out and has its end in; it closes when time has passed its end",
        arguments: [
            // Windows of 3 s: (0,3], (3,6] …; what is stamped 3 counts in the first.
            ("-ab-c-", "----2-"),
            ("-abc--d", "------3"),
            ("--------a-", "----------"),
            ("a---b", "----1"),
            ("-[ab]--[cd]---e", "----2---2"),
        ]
    )
    func tumbling(input: String, expected: String) throws {
        #expect(try QueryString(TestPlan.grouped(.tumbling(size: 3_000))).run(input) == expected)
    }

    @Test(
        "a silent device's window closes by the log's clock, once the late-arrival tolerance has passed",
        arguments: [
            (0, "-a------", "---1----"),
            (2, "-a------", "-----1--"),
            (4, "-a------", "-------1"),
        ]
    )
    func silence(late: Int64, input: String, expected: String) throws {
        #expect(try QueryString(TestPlan.grouped(.tumbling(size: 3_000)), late: late).run(input) == expected)
    }

    @Test("one late device delays nobody: each has its own watermark")
    func devices() throws {
        let strings = QueryString(TestPlan.grouped(.tumbling(size: 3_000)))
        let got = try strings.run("-a--b-", "-a----")
        #expect(got == "----1-")
        let together = QueryString(TestPlan.grouped(.tumbling(size: 3_000), byDevice: false))
        // A group of all devices waits for all of them.
        #expect(try together.run("-a--b-", "-a----") == "------")
    }

    @Test(
        "hopping windows overlap",
        arguments: [
            // Size 4, hop 2: (-2,2], (0,4], (2,6] …
            ("-a--b----", "----1----"),
            ("-a-b-c--d", "---1-2--2"),
            ("-abc---d", "---2---[3 1]"),
        ]
    )
    func hopping(input: String, expected: String) throws {
        #expect(try QueryString(TestPlan.grouped(.hopping(size: 4_000, hop: 2_000))).run(input) == expected)
    }

    @Test("a sliding window gives a result when an event enters and when one leaves, never an empty one [ASA sliding]")
    func sliding() throws {
        // The reference's example: size 5, events at 34, 38 and 42 give results at 34, 38, 39, 42 and 43.
        var strings = QueryString(TestPlan.grouped(.sliding(size: 5_000)), late: 0)
        strings.show = { "\($0.time.milliseconds / 1_000):\(String(decoding: $0.json, as: UTF8.self)) " }
        let input = String(repeating: "-", count: 34) + "a---b---c--------"
        let output = try strings.run(input)
        #expect(
            output.filter { $0 != "-" }
                == #"34:{"a0":1} 38:{"a0":2} 39:{"a0":1} 42:{"a0":2} 43:{"a0":1} "#
        )
    }

    @Test(
        "a session goes on while events come within the timeout, at most until the duration's check",
        arguments: [
            // Timeout 2, duration 6: checks at 6, 12, …
            ("-a-b-------", "-----2-----"),
            ("-a--b------", "---1--1----"),
            ("abababababababa", "------7--------"),
        ]
    )
    func session(input: String, expected: String) throws {
        let plan = TestPlan.grouped(.session(timeout: 2_000, durationMax: 6_000))
        #expect(try QueryString(plan, late: 0).run(input) == expected)
    }

    @Test("a snapshot window is all events of one instant")
    func snapshot() throws {
        #expect(try QueryString(TestPlan.grouped(.snapshot)).run("-[abc]-d-e") == "---3-1")
    }

    @Test("an offset shifts the windows")
    func offset() throws {
        let plan = TestPlan.grouped(.tumbling(size: 3_000), offset: -1_000)
        // (-1,2], (2,5] …
        #expect(try QueryString(plan).run("-abcdef") == "---2--3")
    }

    @Test(
        "an event may be behind its arrival by the late-arrival tolerance; beyond it is dropped, or its time is adjusted",
        arguments: [
            // z is stamped second 1.
            (3, TimePolicy.Action.drop, "----z---", "------1-"),
            (2, .drop, "----z---", "----L---"),
            (2, .adjust, "----z---", "-----1--"),
        ]
    )
    func late(tolerance: Int64, action: TimePolicy.Action, input: String, expected: String) throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 3_000)), late: tolerance, action: action)
        strings.stamps = ["z": 1]
        let got = try strings.run(input)
        #expect(got == expected)
    }

    @Test(
        "an event may be behind its device's latest by the out-of-order tolerance",
        arguments: [
            (1, TimePolicy.Action.drop, "--bz-d", "------"),
            (1, .drop, "--bz--e", "------2"),
            (0, .drop, "--bz--e", "---O--1"),
            (0, .adjust, "--bz--e", "------2"),
            (1, .drop, "--b-c-z--f", "------O--2"),
        ]
    )
    func outOfOrder(tolerance: Int64, action: TimePolicy.Action, input: String, expected: String) throws {
        var strings = QueryString(
            TestPlan.grouped(.tumbling(size: 4_000)),
            outOfOrder: tolerance,
            action: action
        )
        strings.stamps = ["z": 1]
        let got = try strings.run(input)
        #expect(got == expected)
    }

    @Test(
        "an event may be ahead of its arrival by the tolerance; beyond it the device's clock is wrong",
        arguments: [(12, "----"), (13, "--E-")]
    )
    func early(stamp: Int64, expected: String) throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 3_000)))
        strings.stamps = ["z": stamp]
        let got = try strings.run("--z-")
        #expect(got == expected)
    }

    @Test("early results give what an open window holds, when it has changed")
    func earlyResults() throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 6_000)))
        strings.environment.options.earlyResults = .seconds(2)
        let got = try strings.run("-ab-----c")
        #expect(got == "--~1-~2---2")
    }
}

@Suite("backlog in a query, in time strings")
struct QueryBacklogTests {
    @Test(
        "backlog corrects closed windows and joins open ones; it never advances live watermarks",
        arguments: [
            // Z is backlog stamped second 1, of the window (0,3]. Its correction comes when no more backlog has come for 2 s.
            ("-a---b-Z----", "-----1--1^2--"),
            // The window is still open: Z counts in it.
            ("-aZ---b-----", "-----2--1---"),
            // Y is stamped second 5 and closes nothing.
            ("-a-Y-b------", "-----1--2---"),
        ]
    )
    func corrections(input: String, expected: String) throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 3_000)), late: 2)
        strings.stamps = ["Z": 1, "Y": 5]
        let got = try strings.run(input)
        #expect(got == expected)
    }

    @Test("corrections come as the backlog passes their windows, the last one when no more comes")
    func order() throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 3_000)), late: 3)
        strings.stamps = ["Q": 1, "R": 2, "S": 5, "T": 8]
        let got = try strings.run("--------------------[QR]ST----")
        #expect(got == "---------------------^2^1--^1-")
    }

    @Test("a correction says when rows may be missing because what the window held is no longer kept")
    func partial() throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 1_000)), late: 1)
        strings.environment.options.limits.keptPanesPerGroupMax = 2
        strings.stamps = ["Z": 2, "Y": 9]
        let got = try strings.run("abcdefghij--Z-----Y-----")
        #expect(got == "-1111111111--^1?-----^2----")
    }

    @Test("the windows at the edges of a gap are kept longest, so that its backlog corrects them whole")
    func edges() throws {
        var strings = QueryString(TestPlan.grouped(.tumbling(size: 1_000)), late: 1)
        strings.environment.options.limits.keptPanesPerGroupMax = 4
        // Y at the gap's edge, Z in it, X among what was dropped.
        strings.stamps = ["Y": 3, "Z": 6, "X": 9]
        let got = try strings.run("abcd---hijklmnop-----YZX------")
        #expect(got == "-1111---111111111-----^2^1^1?-----")
    }

    @Test("backlog has sliding windows and sessions of its own")
    func own() throws {
        var strings = QueryString(TestPlan.grouped(.session(timeout: 2_000, durationMax: 60_000)), late: 2)
        strings.stamps = ["Y": 1, "Z": 2]
        let got = try strings.run("-a---------YZ------")
        #expect(got == "-----1--------^2?----")
    }
}
