import FleetModel
import Foundation
import TelemetryModel
import TestSupport
import Testing

@testable import weir_sim

@Suite("a recording read from disk")
struct RecordingLoaderTests {
    /// What a whole file gives.
    struct Content {
        var readings: [RecordedReading] = []
        var malformed = MalformedRows()
        var end: RecordingBatch.End?
        var batchRowsMax = 0
    }

    static func read(_ path: String, options: RecordingSchema.Options = .init()) async throws -> Content {
        let loader = try RecordingLoader(path: path, options: options, start: Timestamp(milliseconds: 0))
        _ = try await loader.prepare()
        var content = Content()
        while content.end == nil {
            let batch = await loader.next()
            content.readings += batch.readings
            content.malformed.add(batch.malformed)
            content.end = batch.end
            content.batchRowsMax = max(content.batchRowsMax, batch.readings.count)
        }
        return content
    }

    @discardableResult
    static func withFile<Result>(
        _ bytes: some Sequence<UInt8>,
        name: String = "mote.csv",
        body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-sim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(bytes).write(to: file)
        return try await body(file.path)
    }

    static func bodies(_ content: Content) -> [String] {
        content.readings.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test("a gzipped file reads as the plain one, whatever it is called")
    func gzip() async throws {
        let plain = try await RecordingLoaderTests.withFile(GzipSamples.smallText.utf8) { path in
            try await RecordingLoaderTests.read(path)
        }
        let zipped = try await RecordingLoaderTests.withFile(GzipSamples.small) { path in
            try await RecordingLoaderTests.read(path)
        }
        #expect(RecordingLoaderTests.bodies(plain).count == 2)
        #expect(plain.readings == zipped.readings)
        #expect(plain.end == .complete)
        #expect(zipped.end == .complete)
    }

    @Test("a gzipped file cut at any byte gives its whole rows, never half of one, and says that it was cut")
    func truncated() async throws {
        let whole = [
            #"{"ts":"2020-01-01T00:00:00.000Z","v":1}"#, #"{"ts":"2020-01-02T00:00:00.000Z","v":2}"#,
        ]
        for length in 20..<GzipSamples.small.count {
            try await RecordingLoaderTests.withFile(GzipSamples.small.prefix(length)) { path in
                do {
                    let content = try await RecordingLoaderTests.read(path)
                    #expect(whole.starts(with: RecordingLoaderTests.bodies(content)), "cut at \(length)")
                    guard case .failed(let reason) = content.end else {
                        Issue.record("cut at \(length) and not told")
                        return
                    }
                    #expect(reason.contains("end too early"))
                } catch let fault as RecordingFile.Fault {
                    #expect(fault.description.contains("end too early"), "cut in the header: \(fault)")
                }
            }
        }
    }

    @Test("faulty rows are counted, the first five kept with their lines")
    func malformed() async throws {
        let rows = (1...3_000).map { $0.isMultiple(of: 2) ? "2020-01-01,\($0)" : "never,\($0)" }
        try await RecordingLoaderTests.withFile(("time,v\n" + rows.joined(separator: "\n")).utf8) { path in
            let content = try await RecordingLoaderTests.read(path)
            #expect(content.readings.count == 1_500)
            #expect(content.malformed.count == 1_500)
            #expect(content.malformed.first.map(\.line) == [2, 4, 6, 8, 10])
            #expect(content.readings.map(\.number) == (1...1_500).map { $0 * 2 })
            #expect(content.batchRowsMax <= RecordingLoader.batchRowsMax)
        }
    }

    @Test(
        "files that cannot be replayed are a sentence with their path",
        arguments: [
            ("", "the file is empty"), ("a,b\n1,2\n", "no time column among a, b"),
            ("time,label\n", "no column is left"),
        ]
    )
    func refused(text: String, expected: String) async throws {
        try await RecordingLoaderTests.withFile(text.utf8) { path in
            do {
                _ = try await RecordingLoaderTests.read(path)
                Issue.record("the file was taken")
            } catch let fault as RecordingFile.Fault {
                #expect(fault.description.hasPrefix("\(path): "))
                #expect(fault.description.contains(expected), "\(fault)")
            }
        }
    }

    @Test("a missing file and a folder are told apart")
    func noFile() throws {
        let options = RecordingSchema.Options()
        let start = Timestamp(milliseconds: 0)
        #expect {
            try RecordingLoader(path: "/nowhere/x.csv", options: options, start: start)
        } throws: { "\($0)" == "/nowhere/x.csv: cannot be opened: No such file or directory" }
        #expect {
            try RecordingLoader(path: "/tmp", options: options, start: start)
        } throws: { "\($0)" == "/tmp: is a folder: name the CSV files in it" }
    }

    @Test("the four motes of the Intel lab are read whole, numbers verbatim")
    func intelLab() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "../shared/datasets/intel_lab/raw").standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: folder) else {
            print("skipped: no data sets in \(folder)")
            return
        }
        var rows = 0
        for mote in [19, 22, 23, 45] {
            let content = try await RecordingLoaderTests.read("\(folder)/mote\(mote).csv.gz")
            #expect(content.end == .complete)
            #expect(content.malformed.count == 0)
            #expect(content.readings.last?.number == content.readings.count)
            rows += content.readings.count
            if mote == 19 {
                #expect(
                    RecordingLoaderTests.bodies(content).first
                        == #"{"ts":"2004-02-28T00:58:46.000Z","epoch":2,"temperature":19.73,"humidity":37.09,"light":71.8,"voltage":2.700}"#
                )
            }
        }
        #expect(rows > 210_000)
    }
}
