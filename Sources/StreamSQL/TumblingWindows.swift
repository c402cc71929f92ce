package import TelemetryModel

/// Tumbling windows over event time, of several keys that share one watermark (the channels of one device).
///
/// Pure: instants and values in, results out. Windows begin at multiples of their size since 1970 and hold their start and not
/// their end.
///
/// The **watermark** is the latest instant seen less the lateness tolerance, and never goes back. A window closes when the
/// watermark reaches its end:
///
/// ```
///   event time   ├── window ──┼── window ──┼─
///   values          a    b      c   d ▲
///                                     └ watermark; c and d are `lateness` ahead of it at most
/// ```
/// A value for a closed window is late: it is counted by the caller and changes nothing. ``emitOpen(into:)`` gives early results
/// when a device has gone silent; if values follow, the window's next result has a higher revision.
///
/// Bounded: lateness ÷ size + 2 windows are open at most.
package struct TumblingWindows: Equatable, Sendable {
    package struct Settings: Equatable, Sendable {
        /// Milliseconds, 1 or more.
        package var size: Int64
        /// Milliseconds, 0 or more.
        package var lateness: Int64

        package init(size: Duration = .seconds(60), lateness: Duration = .seconds(10)) {
            self.size = size.wholeMilliseconds
            self.lateness = lateness.wholeMilliseconds
            precondition(self.size > 0 && self.lateness >= 0, "a window needs a size and no negative lateness")
        }
    }

    /// The open window that an instant belongs to; good until the next call of another method.
    package struct Slot: Equatable, Sendable {
        fileprivate var index: Int
    }

    private struct OpenWindow: Equatable {
        var start: Int64
        /// Results given so far.
        var revision = 0
        /// Whether values came after the last result.
        var isChanged = false
        /// By key; count 0 for a key without values.
        var aggregates: [WindowAggregate] = []
    }

    /// Open windows by start.
    private var windows: [OpenWindow] = []
    /// Milliseconds since 1970; every window that ends at or before it is closed.
    private var watermark = TumblingWindows.earliest
    /// The memory of the window that closed last, for the next one.
    private var spare: [WindowAggregate] = []

    /// Instants are taken as inside ±2⁶⁰ ms (36 million years), so that no sum overflows.
    private static let earliest: Int64 = -(1 << 60)

    package init() {}

    /// Every value before it is late.
    package var watermarkTime: Timestamp { Timestamp(milliseconds: self.watermark) }

    package var openCount: Int { self.windows.count }

    /// Keys are below it.
    package var keyCount: Int { self.windows.reduce(0) { max($0, $1.aggregates.count) } }

    /// Takes notice of an instant: moves the watermark, closes what it passes and finds the instant's window.
    ///
    /// - Parameters:
    ///   - time: The event time of the values that follow.
    ///   - settings: The same for every call.
    ///   - closed: Gets the results of closed windows, by start and key.
    /// - Returns: Where to add the values; `nil` when they are late.
    package mutating func received(
        at time: Timestamp,
        settings: Settings,
        closed: inout [WindowResult]
    ) -> Slot? {
        let instant = min(max(time.milliseconds, TumblingWindows.earliest), -TumblingWindows.earliest)
        self.advance(to: instant - settings.lateness, settings: settings, closed: &closed)
        let start = TumblingWindows.windowStart(of: instant, size: settings.size)
        guard start + settings.size > self.watermark else { return nil }
        // Nearly always the last one.
        var index = self.windows.count
        while index > 0, self.windows[index - 1].start >= start { index -= 1 }
        if index == self.windows.count || self.windows[index].start != start {
            self.windows.insert(OpenWindow(start: start, aggregates: exchange(&self.spare, with: [])), at: index)
        }
        return Slot(index: index)
    }

    /// Adds a key's value to the window.
    @inline(__always)
    package mutating func add(_ value: Double, key: Int, to slot: Slot) {
        self.windows[slot.index].isChanged = true
        while self.windows[slot.index].aggregates.count <= key {
            self.windows[slot.index].aggregates.append(WindowAggregate())
        }
        self.windows[slot.index].aggregates[key].add(value)
    }

    /// Lets time pass without values: closes every window that ends `lateness` or more before the instant.
    package mutating func passed(_ time: Timestamp, settings: Settings, closed: inout [WindowResult]) {
        let instant = min(max(time.milliseconds, TumblingWindows.earliest), -TumblingWindows.earliest)
        self.advance(to: instant - settings.lateness, settings: settings, closed: &closed)
    }

    /// Gives the results of the open windows as they are and keeps them open.
    package mutating func emitOpen(settings: Settings, into results: inout [WindowResult]) {
        for index in self.windows.indices {
            TumblingWindows.emit(&self.windows[index], size: settings.size, into: &results)
        }
    }

    private mutating func advance(to watermark: Int64, settings: Settings, closed: inout [WindowResult]) {
        guard watermark > self.watermark else { return }
        self.watermark = watermark
        while let first = self.windows.first, first.start + settings.size <= watermark {
            var window = self.windows.removeFirst()
            TumblingWindows.emit(&window, size: settings.size, into: &closed)
            window.aggregates.removeAll(keepingCapacity: true)
            self.spare = window.aggregates
        }
    }

    private static func emit(_ window: inout OpenWindow, size: Int64, into results: inout [WindowResult]) {
        guard window.isChanged else { return }
        window.isChanged = false
        window.revision += 1
        for (key, aggregate) in window.aggregates.enumerated() where aggregate.count > 0 {
            results.append(
                WindowResult(
                    key: key,
                    start: Timestamp(milliseconds: window.start),
                    end: Timestamp(milliseconds: window.start + size),
                    aggregate: aggregate,
                    revision: window.revision
                )
            )
        }
    }

    private static func windowStart(of instant: Int64, size: Int64) -> Int64 {
        let remainder = instant % size
        return instant - (remainder < 0 ? remainder + size : remainder)
    }
}

extension TumblingWindows {
    package func write(to state: inout StateWriter) {
        state.write(self.watermark)
        state.write(self.windows.count)
        for window in self.windows {
            state.write(window.start)
            state.write(window.revision)
            state.write(window.isChanged)
            state.write(window.aggregates.count)
            for aggregate in window.aggregates { aggregate.write(to: &state) }
        }
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.watermark = try state.readInt64()
        for _ in 0..<(try state.readCount(ofSize: 25)) {
            var window = OpenWindow(start: try state.readInt64(), revision: Int(try state.readInt64()))
            window.isChanged = try state.readBool()
            let starts = TumblingWindows.earliest * 2..<(-TumblingWindows.earliest * 2)
            guard starts.contains(window.start), (0...(1 << 48)).contains(window.revision),
                window.start > self.windows.last?.start ?? .min
            else { throw state.fault }
            for _ in 0..<(try state.readCount(ofSize: 40)) {
                window.aggregates.append(try WindowAggregate(reading: &state))
            }
            self.windows.append(window)
        }
    }
}
