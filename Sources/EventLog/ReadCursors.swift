internal import Synchronization

/// Where readers of single partitions go on: for an offset at which a read ended, the place behind what it looked at.
///
/// A small memory of fixed size, shared by all readers of a topic; what it has forgotten is found by the index again.
final class ReadCursors: Sendable {
    private struct Entry {
        var partition = -1
        var offset: Int64 = 0
        var position = LogPosition(segment: 0, byte: 0)
    }

    /// Places in each group; an offset is looked for in one group.
    private static let ways = 4
    private static let groups = 256

    private struct State {
        /// Made at the first read.
        var entries: [Entry] = []
        /// Which place of a group is given away next.
        var next: UInt8 = 0
    }

    private let state = Mutex(State())

    /// A place from which on `offset` of `partition` is found, and before which it is not.
    func position(of offset: Int64, partition: Int) -> LogPosition? {
        self.state.withLock { state in
            if state.entries.isEmpty { return nil }
            let place = ReadCursors.place(offset, partition)
            return state.entries[place..<(place + ReadCursors.ways)]
                .first { $0.partition == partition && $0.offset == offset }?.position
        }
    }

    /// Notes such a place; of two for the same offset the later one is better.
    func note(_ position: LogPosition, for offset: Int64, partition: Int) {
        self.state.withLock { state in
            if state.entries.isEmpty {
                state.entries = Array(repeating: Entry(), count: ReadCursors.groups * ReadCursors.ways)
            }
            let place = ReadCursors.place(offset, partition)
            let group = place..<(place + ReadCursors.ways)
            if let known = group.first(where: {
                state.entries[$0].partition == partition && state.entries[$0].offset == offset
            }) {
                state.entries[known].position = max(state.entries[known].position, position)
                return
            }
            let chosen = group.first { state.entries[$0].partition < 0 } ?? place + Int(state.next)
            state.next = (state.next + 1) % UInt8(ReadCursors.ways)
            state.entries[chosen] = Entry(partition: partition, offset: offset, position: position)
        }
    }

    private static func place(_ offset: Int64, _ partition: Int) -> Int {
        let mixed = (UInt64(bitPattern: offset) &* 32 &+ UInt64(partition)) &* 0x9e37_79b9_7f4a_7c15
        return Int(mixed >> 56) * ReadCursors.ways
    }
}
