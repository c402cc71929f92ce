import EventLog
import FoundationEssentials
import Glibc
import NIOHTTP1
import Testing

@Suite("Checking the log over HTTP")
struct LogCheckRoutesTests {
    struct Line: Decodable {
        struct Report: Decodable {
            struct Fault: Decodable {
                var file: String
                var byte: Int
                var detail: String
            }

            var segments: Int
            var batches: Int
            var records: Int
            var faults: [Fault]
        }

        var topic: String
        var bytes: Int
        var bytesTotal: Int
        var report: Report?
    }

    private static func lines(_ body: String) throws -> [Line] {
        try body.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("every topic is reported, the gateway's own included; one can be asked for")
    func all() async throws {
        try await APIFixture.run { api in
            for name in ["telemetry", "_mqtt"] {
                _ = try await api.log.openTopic(name).append([NewRecord(key: [1], value: [2])])
            }
            let answer = try await api.send(.GET, "/log/check")
            #expect(answer.status == 200)
            let reports = try Self.lines(answer.body).filter { $0.report != nil }
            #expect(reports.map(\.topic) == ["_mqtt", "telemetry"])
            for line in reports {
                #expect(line.bytes == line.bytesTotal || line.bytes < line.bytesTotal)
                #expect(line.report?.records == 1 && line.report?.batches == 1 && line.report?.faults.isEmpty == true)
            }
            let one = try await api.send(.GET, "/log/check?topic=telemetry")
            #expect(try Self.lines(one.body).filter { $0.report != nil }.map(\.topic) == ["telemetry"])
            let none = try await api.send(.GET, "/log/check?topic=telemetri")
            #expect(none.status == 404 && none.body.contains("did you mean “telemetry”?"))
        }
    }

    @Test("a flipped byte in a file is found while the gateway runs")
    func damage() async throws {
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("telemetry", partitions: 1)
            _ = try await topic.append([NewRecord(key: nil, value: Array("a value of some bytes".utf8))])
            let path = "\(api.folder)/log/telemetry/00000000000000000000.log"
            let descriptor = open(path, O_RDWR)
            try #require(descriptor >= 0)
            var byte: UInt8 = 0
            let place = off_t(topic.storedBytes - 5)
            #expect(pread(descriptor, &byte, 1, place) == 1)
            byte ^= 1
            #expect(pwrite(descriptor, &byte, 1, place) == 1)
            close(descriptor)
            let reports = try Self.lines(try await api.send(.GET, "/log/check").body).compactMap(\.report)
            #expect(reports[0].faults.count == 1)
            #expect(reports[0].faults.first?.file == "00000000000000000000.log")
            #expect(reports[0].faults.first?.detail.contains("checksumMismatch") == true)
        }
    }
}
