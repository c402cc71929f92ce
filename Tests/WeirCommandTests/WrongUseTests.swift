import Testing

@Suite("Wrong use of the command line")
struct WrongUseTests {
    @Test(
        "is exit status 2, with words and the usage on stderr and nothing on stdout",
        arguments: [
            (["nonsense"], "nonsense"), (["device"], ""), (["device", "create"], "<id>"),
            (["device", "list", "--jsn"], "--jsn"),
            (["device", "create", "a", "b", "--primary-key", "AAAA"], "one device at a time"),
            (["device", "token"], "name a device"), (["device", "token", "d", "--ttl", "0"], "--ttl is 0"),
            (["device", "token", "d", "--ttl", "x"], "x"), (["device", "list", "--max", "-1"], "--max"),
            (["events", "read", "--from", "yesterday"], "expected earliest, end, an offset or a time"),
            (["events", "tail", "--to", "-3"], "--to"), (["events", "read", "--device", "a b"], "--device"),
            (["query", "SELECT 1", "--max=-1"], "--max is -1"), (["query", "SELECT 1", "--from", "x"], "--from"),
            (["query", "SELECT 1", "--source"], "--source goes with --json"),
            (["alerts", "--max=-1"], "--max is -1"), (["twin", "update", "d"], "nothing to change"),
            (["twin", "update", "d", "--tags", "site"], "expected name=value"),
            (["twin", "update", "d", "{"], "is not JSON"), (["twin", "update", "d", "[]"], "not an object"),
            (["twin", "update", "d", "{}"], "neither tags nor properties.desired"),
            (["twin", "show", "d", "--at", "yesterday"], "yesterday"),
            (["twin", "history", "d", "--from", "yesterday"], "expected earliest, end, an offset or a time"),
            (["method", "call", "d", "m", "--timeout", "4"], "expected 5 to 300"),
            (["method", "call", "d", "m", "--timeout", "301"], "expected 5 to 300"),
            (["method", "call", "d", "m", "--connect-timeout", "301"], "expected 0 to 300"),
            (["method", "call", "d", "m", "--payload", "{"], "--payload is not JSON"),
            (["message", "send", "d/m", "x"], "is a module"),
            (["message", "send", "d", "x", "--property", "a"], "--property"),
            (["message", "send", "d", "x", "--expires", "soon"], "--expires"),
            (["message", "send", "d", "x", "--message-id", "ü"], "--message-id"),
            (["message", "feedback", "--follow", "--peek"], "exclude each other"),
            (["device", "list", "--modules", "d", "--max", "1"], "--modules shows all"),
            (["device", "create", "d/m", "--disabled"], "is a module"),
            (["device", "create", "d", "--managed-by", "me"], "--managed-by is for modules"),
            (["job", "create", "twin-update", "--desired", "a=1"], "--where"),
            (["job", "create", "twin-update", "--where", "*"], "nothing to change"),
            (["job", "create", "method", "m", "--where", "*", "--rate", "0"], "expected 1 to 1000"),
            (["job", "create", "method", "m", "--where", "*", "--abort-failed-percent", "101"], "expected 1 to 100"),
            (["job", "list", "--status", "done"], "done"),
            (["configuration", "create", "c", "--where", "*"], "either with --desired or with --content"),
            (["configuration", "create", "c", "--where", "*", "--desired", "a"], "expected name=value"),
            (["configuration", "update", "c"], "nothing to change"),
        ]
    )
    func wrongUse(arguments: [String], words: String) async {
        guard arguments != ["device"] else { return }
        let outcome = await GatewayFixture.weir(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }

    @Test(
        "help is on stdout with status 0",
        arguments: [["--help"], ["device", "--help"], ["events", "read", "-h"], ["device"]]
    )
    func help(arguments: [String]) async {
        let outcome = await GatewayFixture.weir(arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE: weir"))
        #expect(outcome.error.isEmpty)
    }

    @Test(
        "without a gateway every command says how to start one",
        arguments: [["device", "list"], ["events", "read"], ["topic", "list"], ["hub", "status"], ["alerts"]]
    )
    func noGateway(arguments: [String]) async {
        let outcome = await GatewayFixture.weir(arguments + ["--data", "/nonexistent/weir-data"])
        #expect(outcome.status == 1)
        #expect(
            outcome.error == """
                weir: no endpoints.json in /nonexistent/weir-data: start the gateway with `weir serve --data \
                /nonexistent/weir-data`, or name its folder with --data DIR or its connection string in \
                WEIR_CONNECTION_STRING

                """
        )
    }

    @Test("a gateway that is off is a sentence with its address")
    func off() async {
        let string = "HostName=127.0.0.1:1;SharedAccessKeyName=service;SharedAccessKey=MDEyMzQ1Njc4OWFiY2RlZg=="
        let outcome = await GatewayFixture.weir(["topic", "list"], environment: ["WEIR_CONNECTION_STRING": string])
        #expect(outcome.status == 1)
        #expect(outcome.error == "weir: no gateway is running at 127.0.0.1:1: start it with `weir serve`\n")
    }
}
