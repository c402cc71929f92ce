package import Foundation
import SensorKit
import Synchronization

/// The clocks of an emulated board, for the chips of an ``I2CEmulator`` and, through ``BoardShim``, for the agent: its time
/// since the boot, which may pass faster than the machine's; its wall clock, which may be wrong; and whether the kernel
/// holds that for synchronised.
///
/// All of it may change while the program runs. A program that is started again, without a boot, goes on in the same time.
///
/// ```
/// file │ count │ machine · board · speed · wall · synchronised │ …        each 8 bytes, the machine's byte order
/// ```
/// `machine` and `board` are the same moment in nanoseconds since the boot of each; `wall` is added to `board` for the wall
/// clock. Spans are appended, and counted when they are whole.
package final class BoardClock: BusClock, Sendable {
    private struct Span {
        var machine: Int64
        var board: Int64
        var speed: Int64
        var wall: Int64
        var isSynchronised: Bool

        func board(at machine: Int64) -> Int64 { self.board + (machine - self.machine) * self.speed }
    }

    /// As large as the shim's mapping, so that no page of it is behind the end of the file.
    private static let fileBytes = 65_536
    private static let spansMax = 1_000
    /// Until another speed holds: by then the program has seen it, so that its time does not go back.
    private static let speedLead: Int64 = 250_000_000

    private let file: URL
    private let spans: Mutex<[Span]>

    /// A board that has the machine's time, and the kernel says so.
    ///
    /// - Parameters:
    ///   - folder: Its file is made in it.
    ///   - speed: How many times as fast as the machine's the board's time passes.
    /// - Throws: When the file cannot be written.
    package init(in folder: URL, speed: Int = 1) throws {
        self.file = folder.appendingPathComponent("board-clock")
        let now = Self.machine(CLOCK_BOOTTIME)
        let span = Span(
            machine: now,
            board: now,
            speed: Int64(speed),
            wall: Self.machine(CLOCK_REALTIME) - now,
            isSynchronised: true
        )
        try Data(count: Self.fileBytes).write(to: self.file)
        self.spans = Mutex([])
        try self.spans.withLock { try self.append(span, to: &$0) }
    }

    /// What a program with the shim needs in its environment.
    package var environment: [String: String] { ["WEIR_BOARD_CLOCK": self.file.path] }

    /// Since the board's boot.
    package var now: Duration {
        let machine = Self.machine(CLOCK_BOOTTIME)
        return self.spans.withLock { .nanoseconds(Self.span(of: $0, at: machine).board(at: machine)) }
    }

    /// Sleeps on the machine until the board's time has come; for the short waits of a bus.
    package func sleep(until instant: Duration) {
        let speed = self.spans.withLock { Self.span(of: $0, at: Self.machine(CLOCK_BOOTTIME)).speed }
        let rest = (instant - self.now) / Int(speed)
        if rest > .zero { usleep(UInt32(rest / .microseconds(1)) + 1) }
    }

    /// The board's time passes so many times as fast as the machine's, from a quarter of a second on.
    ///
    /// - Parameter speed: From 1.
    /// - Throws: When the file cannot be written.
    package func run(atSpeed speed: Int) throws {
        try self.begin(after: Self.speedLead) { $0.speed = Int64(speed) }
    }

    /// The board's wall clock is set, as by `date` or by NTP.
    ///
    /// - Parameters:
    ///   - wall: What it says from now on.
    ///   - isSynchronised: What the kernel says of it.
    /// - Throws: When the file cannot be written.
    package func set(_ wall: Date, isSynchronised: Bool) throws {
        try self.begin { span in
            span.wall = Int64(wall.timeIntervalSince1970 * 1e9) - span.board
            span.isSynchronised = isSynchronised
        }
    }

    /// The span that holds at a moment of the machine.
    private static func span(of spans: [Span], at machine: Int64) -> Span {
        spans.last { $0.machine <= machine } ?? spans[0]
    }

    /// Begins another span, which differs from the one of now by what `change` does.
    private func begin(after lead: Int64 = 0, _ change: (inout Span) -> Void) throws {
        try self.spans.withLock { spans in
            let start = Self.machine(CLOCK_BOOTTIME) + lead
            var span = Self.span(of: spans, at: start)
            span.board = span.board(at: start)
            span.machine = start
            change(&span)
            try self.append(span, to: &spans)
        }
    }

    private func append(_ span: Span, to spans: inout [Span]) throws {
        precondition(spans.count < Self.spansMax, "the clock of a board was changed too often")
        let handle = try FileHandle(forUpdating: self.file)
        defer { try? handle.close() }
        let numbers: [Int64] = [span.machine, span.board, span.speed, span.wall, span.isSynchronised ? 1 : 0]
        try Self.write(numbers, at: 8 + spans.count * numbers.count * 8, to: handle)
        spans.append(span)
        try Self.write([Int64(spans.count)], at: 0, to: handle)
    }

    private static func write(_ numbers: [Int64], at offset: Int, to handle: FileHandle) throws {
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: numbers.withUnsafeBytes { Data($0) })
    }

    /// A clock of the machine, nanoseconds.
    private static func machine(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
