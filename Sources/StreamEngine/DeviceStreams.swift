internal import AnomalyDetection
internal import Glibc
internal import StreamSQL
internal import TelemetryModel

/// The state of one device: its windows, and a detector per channel. Belongs to one pipeline.
final class DeviceStreams {
    struct Channel {
        let name: [UInt8]
        var detector = SpikeDetector()
    }

    /// The record key.
    let name: [UInt8]
    var windows = TumblingWindows()
    /// By number; the number is the channel's key in ``windows``.
    private(set) var channels: [Channel] = []
    /// Enqueue time of the latest record.
    var lastRecord: Timestamp
    /// Whether the open windows were written because the device was silent.
    var isIdle = false
    private var numbers: [Int: Int32] = [:]

    init(name: [UInt8], lastRecord: Timestamp) {
        self.name = name
        self.lastRecord = lastRecord
    }

    /// The number of a known channel; `hint` is the one it is likely to have, as devices send their channels in the same order.
    @inline(__always)
    func number(of name: UnsafeBufferPointer<UInt8>, hint: Int) -> Int? {
        if hint < self.channels.count, DeviceStreams.isSame(self.channels[hint].name, name) { return hint }
        guard let number = self.numbers[DeviceStreams.hash(name)] else { return nil }
        return DeviceStreams.isSame(self.channels[Int(number)].name, name) ? Int(number) : nil
    }

    /// Adds a channel that is not known yet.
    func addChannel(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        self.add(Channel(name: Array(name)))
    }

    @inline(__always)
    func observe(
        _ value: Double,
        channel: Int,
        at time: Timestamp,
        origin: AlertOrigin,
        settings: SpikeSettings
    ) -> SpikeVerdict {
        self.channels[channel].detector.observe(value, at: time, origin: origin, settings: settings)
    }

    private func add(_ channel: Channel) -> Int {
        let number = self.channels.count
        channel.name.withUnsafeBufferPointer { self.numbers[DeviceStreams.hash($0)] = Int32(number) }
        self.channels.append(channel)
        return number
    }

    /// A hash of bytes, another in every process; 64 bits, so that two names do not meet.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        return hasher.finalize()
    }

    @inline(__always)
    static func isSame(_ name: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count == bytes.count else { return false }
        guard let base = bytes.baseAddress else { return true }
        return name.withUnsafeBufferPointer { memcmp($0.baseAddress ?? base, base, bytes.count) == 0 }
    }
}

extension DeviceStreams {
    func write(to state: inout StateWriter) {
        state.write(self.name)
        state.write(self.lastRecord.milliseconds)
        state.write(self.isIdle)
        self.windows.write(to: &state)
        state.write(self.channels.count)
        for channel in self.channels {
            state.write(channel.name)
            channel.detector.write(to: &state)
        }
    }

    convenience init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.init(
            name: try state.readBytes(),
            lastRecord: Timestamp(milliseconds: try state.readInt64())
        )
        self.isIdle = try state.readBool()
        self.windows = try TumblingWindows(reading: &state)
        for _ in 0..<(try state.readCount(ofSize: 8)) {
            let name = try state.readBytes()
            _ = self.add(Channel(name: name, detector: try SpikeDetector(reading: &state)))
        }
        guard self.windows.keyCount <= self.channels.count else { throw state.fault }
    }
}
