internal import TelemetryModel

/// All devices of a pipeline, found by name, and in the order of their last record.
///
/// Two lists: devices that send, and devices that fell silent; each from the longest silent to the latest.
struct DeviceTable {
    private var devices: [DeviceStreams?] = []
    private var freeSlots: [Int] = []
    /// Slots by the hash of the name.
    private var slots: [Int: Int32] = [:]
    private var active = RecencyList()
    private var idle = RecencyList()
    /// Channels of all devices.
    var seriesCount = 0

    var count: Int { self.slots.count }

    /// The device, which becomes the latest one; `nil` when it is not known.
    @inline(__always)
    mutating func touch(_ name: UnsafeBufferPointer<UInt8>) -> DeviceStreams? {
        guard let slot = self.slots[DeviceStreams.hash(name)], let device = self.devices[Int(slot)],
            DeviceStreams.isSame(device.name, name)
        else { return nil }
        if device.isIdle {
            device.isIdle = false
            self.idle.remove(Int(slot))
            self.active.insert(Int(slot))
        } else {
            self.active.touch(Int(slot))
        }
        return device
    }

    /// Adds a device as the latest of its list.
    mutating func insert(_ device: DeviceStreams) {
        let slot: Int
        if let free = self.freeSlots.popLast() {
            slot = free
            self.devices[slot] = device
        } else {
            slot = self.devices.count
            self.devices.append(device)
        }
        device.name.withUnsafeBufferPointer { self.slots[DeviceStreams.hash($0)] = Int32(slot) }
        if device.isIdle { self.idle.insert(slot) } else { self.active.insert(slot) }
        self.seriesCount += device.channels.count
    }

    /// The longest silent device that is still in the list of those that send, if it has been silent since `time`; it moves to
    /// the other list.
    @inline(__always)
    mutating func nextIdle(since time: Timestamp) -> DeviceStreams? {
        guard let slot = self.active.oldestNumber, let device = self.devices[slot], device.lastRecord <= time else {
            return nil
        }
        self.active.remove(slot)
        self.idle.insert(slot)
        device.isIdle = true
        return device
    }

    /// Takes the longest silent device out, but never `kept`; `nil` when there is no other.
    mutating func evict(keeping kept: DeviceStreams) -> DeviceStreams? {
        let isIdle = self.idle.oldestNumber != nil
        guard let slot = self.idle.oldestNumber ?? self.active.oldestNumber, let device = self.devices[slot],
            device !== kept
        else { return nil }
        if isIdle { self.idle.remove(slot) } else { self.active.remove(slot) }
        self.devices[slot] = nil
        self.freeSlots.append(slot)
        _ = device.name.withUnsafeBufferPointer { self.slots.removeValue(forKey: DeviceStreams.hash($0)) }
        self.seriesCount -= device.channels.count
        return device
    }
}

extension DeviceTable {
    func write(to state: inout StateWriter) {
        state.write(self.count)
        for slot in self.idle.numbers + self.active.numbers { self.devices[slot]?.write(to: &state) }
    }

    init(reading state: inout StateReader) throws(StateReader.Fault) {
        for _ in 0..<(try state.readCount(ofSize: 8)) { self.insert(try DeviceStreams(reading: &state)) }
    }
}
