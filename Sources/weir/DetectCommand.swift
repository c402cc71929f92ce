import AnomalyDetection
import ArgumentParser

/// `weir detect FILE`: how unusual each value of a series is; needs no gateway.
struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Find what is unusual in a series of a CSV file, one pass over it, with the one shipped setting.",
        discussion: """
            Prints timestamp,anomaly_score for each row, from 0 to 1: 0.5 and more is an alert, on the row with which \
            something unusual begins, or is told again while a fault lasts. A score never depends on later rows. A row \
            without a value has the score 0. With --json a row of an alert also tells which view of the series moved, \
            how probable that was, and what was expected. The file may be gzipped.
            """
    )

    /// Bytes of output gathered before they are written.
    private static let chunkBytes = 64 << 10

    @Argument(help: ArgumentHelp("The CSV file, or - for standard input.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp("The column with the value; else value, or the only one beside the time.", valueName: "name")
    )
    var value: String?

    @Option(
        help: ArgumentHelp("The column with the time; else ts, time, timestamp, datetime or date.", valueName: "name")
    )
    var time: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        var reader = try LineReader(path: self.file)
        var columns: SeriesColumns?
        var detector = SeriesDetector()
        var text: [UInt8] = []
        var number = 0
        while let line = try reader.next() {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(CommandFailure) {
                guard let known = columns else {
                    columns = try SeriesColumns(firstLine: line, time: self.time, value: self.value)
                    if !self.output.isJSON { text += (ScoreText.header + "\n").utf8 }
                    continue
                }
                text += self.judge(try known.row(of: line), with: &detector).utf8
            } catch {
                try Console.current.output(text)  // what came before stands
                throw CommandFailure("\(self.file), line \(number): \(error)")
            }
            guard text.count >= DetectCommand.chunkBytes else { continue }
            try Console.current.output(text)
            text.removeAll(keepingCapacity: true)
        }
        guard columns != nil else {
            throw CommandFailure("\(self.file) is empty: a line that names the columns is needed")
        }
        try Console.current.output(text)
    }

    private func judge(_ row: SeriesColumns.Row, with detector: inout SeriesDetector) -> String {
        let verdict = detector.observe(row.value ?? .nan, at: row.time)
        guard self.output.isJSON else { return ScoreText.line(time: row.timeText, score: verdict.score) + "\n" }
        return ScoreText.json(time: row.timeText, value: row.value, verdict: verdict) + "\n"
    }
}
