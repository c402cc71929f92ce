import Foundation
import Testing

/// A running `weir-sim replay --speed 0` with its file of acknowledgements.
final class ReplayProgram {
    /// Its last line of output.
    struct Summary: Decodable {
        var sent: Int
        var acknowledged: Int
        var unacknowledged: Int
        var resent: Int
        var malformed: Int
        var seconds: Double
    }

    let process: RunningProcess
    private let ackLog: String
    private var countedBytes: UInt64 = 0
    private var countedRows = 0

    /// Starts a replay of recordings.
    init(_ recordings: [Recording], to gateway: GatewayUnderTest, in folder: TemporaryFolder, window: Int = 100) throws
    {
        self.ackLog = folder.file("acknowledged.tsv")
        let files = try recordings.map { try $0.write(in: folder) }
        self.process = try RunningProcess(
            BuiltProgram.simulator,
            ["replay"] + files + [
                "--data", gateway.data, "--speed", "0", "--window", "\(window)", "--acklog", self.ackLog, "--json",
            ]
        )
    }

    /// Rows acknowledged so far.
    func acknowledgedRows() throws -> Int {
        guard let file = FileHandle(forReadingAtPath: self.ackLog) else { return self.countedRows }
        defer { file.closeFile() }
        try file.seek(toOffset: self.countedBytes)
        let new = try file.readToEnd() ?? Data()
        self.countedBytes += UInt64(new.count)
        self.countedRows += new.count { $0 == UInt8(ascii: "\n") }
        return self.countedRows
    }

    /// The numbers of the acknowledged rows, from 1, in the order of their acknowledgements, by device.
    func acknowledgements() throws -> [String: [Int]] {
        var rows: [String: [Int]] = [:]
        for line in try String(contentsOfFile: self.ackLog, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "\t")
            try #require(parts.count == 2)
            rows[String(parts[0]), default: []].append(try #require(Int(parts[1])))
        }
        return rows
    }

    /// Waits for its end, which must be a good one.
    func summary(within limit: Duration) async throws -> Summary {
        let result = try await self.process.exit(within: limit)
        try #require(result.status == 0, "weir-sim: \(result.errors) \(result.output)")
        let line = try #require(result.output.split(separator: "\n").last)
        return try JSONDecoder().decode(Summary.self, from: Data(line.utf8))
    }
}
