import ReadingNumbers
import Synchronization

/// Who judges a device's messages.
extension ReceivedNumbers {
    /// An event loop wants to judge a device's messages.
    ///
    /// - Returns: what is known of it: from now on it is the loop's. `nil`: it will be granted.
    func claim(_ key: DeviceKey, by loop: NumbersLoopReference) -> ReceivedRanges? {
        var recalled: NumbersLoopReference?
        let ranges = self.shard(of: key).state.withLock { state -> ReceivedRanges? in
            if state.owners[key] == nil, state.isReady {
                state.owners[key] = NumbersShard.Owner(loop: loop)
                return state.table.ranges(of: key)
            }
            var owner = state.owners[key] ?? NumbersShard.Owner()
            owner.waiting.append(loop)
            if !owner.isRecalled, owner.loop != nil {
                owner.isRecalled = true
                recalled = owner.loop
            }
            state.owners[key] = owner
            return nil
        }
        recalled?.recall(key)
        return ranges
    }

    /// The device's loop has nothing of it on its way any more: it is the next one's, or nobody's.
    func release(_ key: DeviceKey) {
        let (grant, isDeleted) = self.shard(of: key).state.withLock { state -> (Grant?, Bool) in
            state.owners[key]?.loop = nil
            if state.owners[key]?.isDeleted == true { return (nil, true) }
            return (ReceivedNumbers.next(of: key, in: &state), false)
        }
        if isDeleted { self.finishDeletion(of: key) }
        grant?.tell(key)
    }

    /// Everything that is in the log is here: devices are given to those who wait for them.
    package func becomeReady() {
        for shard in self.shards {
            let grants = shard.state.withLock { state -> [(DeviceKey, Grant)] in
                state.isReady = true
                return Array(state.owners.keys).compactMap { key in
                    ReceivedNumbers.next(of: key, in: &state).map { (key, $0) }
                }
            }
            for (key, grant) in grants { grant.tell(key) }
        }
    }

    /// Gives a device that is nobody's to the next who waits for it.
    static func next(of key: DeviceKey, in state: inout NumbersShard.State) -> Grant? {
        guard var owner = state.owners[key], !owner.isDeleted else { return nil }
        guard !owner.waiting.isEmpty else {
            state.owners[key] = nil
            return nil
        }
        guard state.isReady else { return nil }
        let loop = owner.waiting.removeFirst()
        owner.loop = loop
        // Others wait: the loop gives it back when it has done what it holds now.
        owner.isRecalled = !owner.waiting.isEmpty
        state.owners[key] = owner
        return Grant(loop: loop, ranges: state.table.ranges(of: key), isRecalled: owner.isRecalled)
    }

    /// A device goes to a loop; told without the lock.
    struct Grant {
        let loop: NumbersLoopReference
        let ranges: ReceivedRanges
        let isRecalled: Bool

        func tell(_ key: DeviceKey) {
            self.loop.grant(key, self.ranges, isRecalled: self.isRecalled)
        }
    }
}
