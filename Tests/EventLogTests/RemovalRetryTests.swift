import EventLog
import Testing

@Suite("Removing goes on after an error")
struct RemovalRetryTests {
    @Test(
        "a segment whose name, or whose folder's sync, failed once is gone the next time, and then the others",
        arguments: [(1, 0), (0, 1), (2, 1)]
    )
    func failedOnce(unlinks: Int, directorySyncs: Int) async throws {
        let disk = SimulatedDisk(seed: 1)
        let files = FaultyFiles(disk)
        let log = try makeLog(files)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: (0..<9).map { "\($0) " + String(repeating: "x", count: 200) })
        let last = topic.end.segment
        #expect(last > 2)
        files.faults.unlinks = unlinks
        files.faults.directorySyncs = directorySyncs
        for _ in 0..<(unlinks + directorySyncs) {
            #expect(throws: EventLogError.self) { try topic.removeSegments(before: .max) }
            // Nothing but the first one may be gone: there is no hole.
            #expect(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }.count >= Int(last))
        }
        try topic.removeSegments(before: .max)
        let names = disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }
        #expect(names == ["0000000000000000000\(last).log"])
        let cut = disk.afterPowerCut()
        log.close()
        let reopened = try makeLog(cut)
        defer { reopened.close() }
        #expect(try reopened.openTopic("t").segmentSummaries.map(\.number) == [last])
    }
}
