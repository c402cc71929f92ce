import Foundation

/// Recorded readings that lie beside the checkout, where there are some.
struct Dataset {
    /// One row's fields by column.
    let columns: [String: [String]]
    let rowCount: Int

    /// The unpacked CSV file; `nil`, with the reason printed, when it is not here.
    init?(_ path: String) {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/datasets/\(path)").standardizedFileURL
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            print("skipped: no data set at \(file.path)")
            return nil
        }
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "--decompress", "--stdout", file.path]
        let output = Pipe()
        gzip.standardOutput = output
        guard (try? gzip.run()) != nil, let bytes = try? output.fileHandleForReading.readToEnd() else {
            print("skipped: gzip cannot unpack \(file.path)")
            return nil
        }
        gzip.waitUntilExit()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let names = lines.first?.split(separator: ",").map(String.init) ?? []
        var columns: [String: [String]] = [:]
        for line in lines.dropFirst() {
            for (name, field) in zip(names, line.split(separator: ",", omittingEmptySubsequences: false)) {
                columns[name, default: []].append(String(field))
            }
        }
        self.columns = columns
        self.rowCount = max(lines.count - 1, 0)
    }
}
