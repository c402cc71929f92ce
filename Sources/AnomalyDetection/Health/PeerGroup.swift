package import TelemetryModel

/// The latest readings of the devices of one group and one kind of channel, and their median without one of them.
///
/// At most ``membersMax`` devices, 24 bytes each; beyond that the longest silent one makes room. A reading counts for ten of the
/// asking device's intervals, at most an hour.
package struct PeerGroup: Equatable, Sendable {
    /// Most members. 64: the median of more is not better, and finding it costs time.
    package static let membersMax = 64
    /// Fewest peers that make a median worth comparing to: of two sensors nobody knows which one is wrong.
    package static let peersMin = 2
    /// Age beyond which a reading is not what is now, in milliseconds.
    package static let ageMax: Int64 = 3_600_000

    private struct Member: Equatable {
        var device: Int
        var value: Double
        var time: Timestamp
    }

    private var members: [Member] = []

    package init() {}

    /// Takes the reading of a member; `device` is any number that stays the same. Older and not finite ones are ignored.
    package mutating func observe(_ value: Double, device: Int, at time: Timestamp) {
        guard value.isFinite else { return }
        if let place = self.members.firstIndex(where: { $0.device == device }) {
            guard self.members[place].time <= time else { return }
            self.members[place].value = value
            self.members[place].time = time
            return
        }
        let member = Member(device: device, value: value, time: time)
        guard self.members.count == PeerGroup.membersMax else { return self.members.append(member) }
        var oldest = 0
        for (place, other) in self.members.enumerated() where other.time < self.members[oldest].time { oldest = place }
        self.members[oldest] = member
    }

    /// The median of the other members' readings at an instant; `nil` when fewer than ``peersMin`` of them are fresh.
    package func median(without device: Int, at time: Timestamp) -> Double? {
        var values: [Double] = []
        for member in self.members where member.device != device {
            let (age, overflows) = time.milliseconds.subtractingReportingOverflow(member.time.milliseconds)
            if !overflows, abs(age) <= PeerGroup.ageMax { values.append(member.value) }
        }
        guard values.count >= PeerGroup.peersMin else { return nil }
        values.sort()
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2
    }
}

extension PeerGroup {
    package static let version = 1

    package func snapshot(into state: inout StateWriter) {
        state.write(PeerGroup.version)
        state.write(self.members.count)
        for member in self.members {
            state.write(member.device)
            state.write(member.value)
            state.write(member.time)
        }
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        try state.expectVersion(PeerGroup.version)
        let count = try state.readCount(ofSize: 24)
        guard count <= PeerGroup.membersMax else { throw state.fault }
        for _ in 0..<count {
            self.members.append(
                Member(
                    device: Int(try state.readInt64()),
                    value: try state.readFinite(),
                    time: try state.readTimestamp()
                )
            )
        }
    }
}
