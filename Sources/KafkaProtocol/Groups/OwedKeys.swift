/// Keys of records that `_offsets` lacks, each once.
struct OwedKeys: Sendable {
    private var keys: [GroupRecordKey] = []
    private var known: Set<GroupRecordKey> = []
    /// Keys of groups among them.
    private(set) var groupCount = 0

    var isEmpty: Bool { self.keys.isEmpty }

    /// Adds a key; false when it is there already.
    mutating func insert(_ key: GroupRecordKey) -> Bool {
        guard self.known.insert(key).inserted else { return false }
        self.keys.append(key)
        if case .group = key { self.groupCount += 1 }
        return true
    }

    /// Takes a key out; `nil` when there is none.
    mutating func popLast() -> GroupRecordKey? {
        guard let key = self.keys.popLast() else { return nil }
        self.known.remove(key)
        if case .group = key { self.groupCount -= 1 }
        return key
    }
}
