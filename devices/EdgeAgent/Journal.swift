package import EdgeCore
import Glibc
import Synchronization

/// The log: one line per change of state on stderr, each written at once so that lines of threads do not mix; repeats are
/// collapsed (``RepeatFilter``), lines above the level left out, the last ones kept for `getDiagnostics`.
///
/// When stderr is no terminal each line begins with `<N>`, the priority as journald and syslog understand it.
package final class Journal: Sendable {
    /// A line that was logged.
    package struct Entry: Equatable, Sendable {
        /// Seconds since the boot.
        package var uptimeSeconds: Int
        package var line: RepeatFilter.Line
    }

    /// Lines kept.
    package static let recentMax = 64
    /// Longest text kept of one, bytes.
    private static let recentTextMax = 512

    private struct State {
        var level = LogLevel.info
        var filter = RepeatFilter()
        var recent: [Entry] = []
    }

    private let hasPrefix: Bool
    private let descriptor: Int32
    private let state = Mutex(State())

    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        self.hasPrefix = isatty(descriptor) == 0
    }

    /// How much is logged; from any thread.
    package var level: LogLevel {
        get { self.state.withLock { $0.level } }
        set { self.state.withLock { $0.level = newValue } }
    }

    /// The last lines, oldest first.
    package var recent: [Entry] { self.state.withLock { $0.recent } }

    /// Logs a line; the text is only made when the level asks for it.
    package func callAsFunction(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        let line = RepeatFilter.Line(level, text())
        for line in self.state.withLock({ Self.lines(for: line, &$0) }) { self.write(line) }
    }

    private static func lines(for line: RepeatFilter.Line, _ state: inout State) -> [RepeatFilter.Line] {
        let lines = state.filter.lines(for: line)
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        for var line in lines {
            if line.text.utf8.count > self.recentTextMax {
                line.text = String(line.text.prefix(self.recentTextMax / 4))
            }
            if state.recent.count == self.recentMax { state.recent.removeFirst() }
            state.recent.append(Entry(uptimeSeconds: time.tv_sec, line: line))
        }
        return lines
    }

    private func write(_ line: RepeatFilter.Line) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.text.utf8.count + 5)
        if self.hasPrefix { bytes += Array("<\(line.level.rawValue)>".utf8) }
        // What a peer or a file says may hold line ends; a line stays one line.
        bytes += line.text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }
        bytes.append(UInt8(ascii: "\n"))
        // Nobody can be told that the log cannot be written.
        _ = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
    }
}
