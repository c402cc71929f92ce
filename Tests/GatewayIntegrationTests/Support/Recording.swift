import Foundation
import Testing

/// Rows of a recording as a test cuts them, with the bodies that a replay must put into the log.
struct Recording: Sendable {
    /// The device that `weir-sim replay` makes of the file's name.
    let device: String
    let header: String
    let rows: [Substring]

    /// Where the Intel lab's recordings lie when the data sets lie beside the package.
    static let folder = "\(BuiltProgram.packageRoot)/../shared/datasets/intel_lab/raw"
    static let moteNames = ["mote19", "mote22", "mote23", "mote45"]

    /// The four motes of the Intel lab, where the data sets lie beside the package; `nil` when they do not.
    static func motes() async throws -> [Recording]? {
        guard moteNames.allSatisfy({ FileManager.default.fileExists(atPath: "\(folder)/\($0).csv.gz") }) else {
            return nil
        }
        var recordings: [Recording] = []
        for name in moteNames {
            let text = try await RunningProcess.run("gzip", ["-dc", "\(folder)/\(name).csv.gz"])
            try #require(text.status == 0, "\(text.errors)")
            recordings.append(try Recording(device: name, text: text.output))
        }
        return recordings
    }

    /// Four recordings made here, in the shape of the Intel lab's.
    static func generated(rows: Int) throws -> [Recording] {
        try (1...4).map { device in
            var text = "timestamp,epoch,temperature,humidity,light,voltage,implausible\n"
            for row in 0..<rows {
                let time = Date(timeIntervalSince1970: 1_078_000_000 + Double(row * 31))
                    .formatted(
                        Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(
                            includingFractionalSeconds: false
                        )
                    )
                text +=
                    "\(time),\(row),\(19 + (row * 7 + device) % 90).\(10 + row % 90),3\(row % 10).50,71.8,2.\(600 + row % 100),0\n"
            }
            return try Recording(device: "generated\(device)", text: text)
        }
    }

    init(device: String, text: String) throws {
        var lines = text.split(separator: "\n")
        self.device = device
        self.header = String(try #require(lines.first))
        lines.removeFirst()
        self.rows = lines
    }

    private init(_ other: Recording, rows: some Sequence<Substring>) {
        self.device = other.device
        self.header = other.header
        self.rows = Array(rows)
    }

    /// A part of it.
    func rows(_ range: Range<Int>) -> Recording {
        Recording(self, rows: self.rows[range.clamped(to: self.rows.indices)])
    }

    /// The first row where ten in a row are labelled implausible: the sensor has died.
    var deathRow: Int? {
        var run = 0
        for (index, row) in self.rows.enumerated() {
            run = row.hasSuffix(",1") ? run + 1 : 0
            if run == 10 { return index - 9 }
        }
        return nil
    }

    /// Writes it as `DEVICE.csv`.
    func write(in folder: TemporaryFolder) throws -> String {
        try folder.write("\(self.device).csv", self.header + "\n" + self.rows.joined(separator: "\n") + "\n")
    }

    /// The body of every row: its time as ISO 8601, its channels with the file's own digits, no label.
    ///
    /// Made here from the text, with nothing of the product.
    func bodies() -> [String] {
        let names = self.header.split(separator: ",")
        return self.rows.map { row in
            var members: [String] = []
            for (name, value) in zip(names, row.split(separator: ",", omittingEmptySubsequences: false)) {
                switch name {
                case "timestamp": members.append(#""ts":"\#(value.replacing(" ", with: "T")).000Z""#)
                case "implausible": continue
                default: if !value.isEmpty { members.append(#""\#(name)":\#(value)"#) }
                }
            }
            return "{\(members.joined(separator: ","))}"
        }
    }
}
