import FoundationEssentials
import Glibc
import Testing

@testable import weir

@Suite("weir detect")
struct DetectCommandTests {
    private static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "weir-detect-\(UInt64.random(in: 0 ... .max))"
        )
        .path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        try await body(path)
    }

    private static func series(_ count: Int, odd: Int) -> String {
        "timestamp,value\n" + (0..<count).map { "\($0 * 300),\($0 == odd ? 90 : 20 + $0 * 7 % 5)\n" }.joined()
    }

    @Test("each row gets a score, the odd one an alert, and a row's score does not depend on later rows")
    func rows() async throws {
        try await Self.withFile(Self.series(400, odd: 300)) { path in
            let outcome = await GatewayFixture.weir(["detect", path])
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 401 && lines[0] == "timestamp,anomaly_score")
            let scores = lines.dropFirst().compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
            #expect(scores.count == 400)
            #expect(scores[300] >= 0.5 && scores[150..<300].allSatisfy { $0 < 0.5 })
            try await Self.withFile(Self.series(301, odd: 300)) { cut in
                let part = await GatewayFixture.weir(["detect", cut])
                #expect(part.output.split(separator: "\n").map(String.init) == Array(lines[...301]))
            }
        }
    }

    @Test("what cannot be read is told with the file and the line, after the scores before it")
    func errors() async throws {
        try await Self.withFile("ts,v\n0,1\n\n300,high\n") { path in
            let outcome = await GatewayFixture.weir(["detect", path])
            #expect(outcome.status == 1)
            #expect(outcome.output == "timestamp,anomaly_score\n0,0.000000\n")
            #expect(outcome.error.contains("\(path), line 4: “high” is no number"))
        }
        try await Self.withFile("") { path in
            let outcome = await GatewayFixture.weir(["detect", path])
            #expect(outcome.status == 1 && outcome.error.contains("is empty"))
        }
    }
}
