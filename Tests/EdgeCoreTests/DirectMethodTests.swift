import EdgeCore
import TelemetryJSON
import Testing

@Suite("direct methods and their arguments")
struct DirectMethodTests {
    private static func read(_ name: String, _ payload: String) throws(DirectMethod.Refusal) -> DirectMethod {
        try DirectMethod(name: name, payload: Array(payload.utf8), sensors: ["room", "duct"])
    }

    @Test(
        "calls that are carried out",
        arguments: [
            ("ping", "", .ping), ("ping", "null", .ping), ("ping", " \n", .ping), ("ping", #"{"x":1}"#, .ping),
            ("readNow", "", .readNow(sensor: nil)), ("readNow", #"{"sensor":"duct"}"#, .readNow(sensor: 1)),
            ("readNow", #"{"sensor":null}"#, .readNow(sensor: nil)),
            ("identify", "", .identify(seconds: 10)), ("identify", #"{"seconds":1}"#, .identify(seconds: 1)),
            ("identify", #"{"seconds":300}"#, .identify(seconds: 300)),
            ("getDiagnostics", "{}", .getDiagnostics),
            ("setLogLevel", #"{"level":"debug"}"#, .setLogLevel(.debug)),
            ("reinitSensor", #"{"sensor":"room"}"#, .reinitSensor(sensor: 0)),
            ("reinitSensor", "", .reinitSensor(sensor: nil)), ("restart", "", .restart),
        ] as [(String, String, DirectMethod)]
    )
    func good(name: String, payload: String, expected: DirectMethod) throws {
        #expect(try Self.read(name, payload) == expected)
    }

    @Test(
        "calls that are refused say why",
        arguments: [
            ("reboot", "", 404, "there is no method 'reboot'"), ("readnow", "", 404, "did you mean 'readNow'?"),
            ("ping", "{", 400, "no JSON object"), ("ping", "[1]", 400, "no JSON object"),
            ("identify", #"{"seconds":0}"#, 400, "seconds is 0"), ("identify", #"{"seconds":301}"#, 400, "to 300"),
            ("identify", #"{"seconds":"x"}"#, 400, #"seconds is "x""#),
            ("setLogLevel", "", 400, "level is missing"), ("setLogLevel", #"{"level":"all"}"#, 400, "error, warning"),
            ("readNow", #"{"sensor":"attic"}"#, 404, #"no sensor "attic"; there are room, duct"#),
            ("reinitSensor", #"{"sensor":7}"#, 404, "no sensor 7"),
        ]
    )
    func bad(name: String, payload: String, status: Int, says: String) {
        let refusal = #expect(throws: DirectMethod.Refusal.self) { try Self.read(name, payload) }
        #expect(refusal?.status == status)
        #expect(refusal?.message.contains(says) == true, "\(refusal?.message ?? "")")
        #expect((try? JSONValue(parsing: refusal?.payload ?? []))?.object?["error"]?.string == refusal?.message)
    }
}
