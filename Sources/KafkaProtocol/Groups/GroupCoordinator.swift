/// All consumer groups and what they have committed.
///
/// Invariants:
/// - An offset is shown only once ``finishWrite(_:isDurable:)`` said that it is durable; so what was shown never goes
///   back.
/// - The records it hands out, appended in the order of the calls that returned them, rebuild it: ``replay(_:)``.
/// - Everything it keeps is bounded by ``GroupLimits``.
///
/// When records could not be appended the log holds less than this, or what was deleted here: ``notStored(_:)``.
///
/// Pure: the caller owns the clocks, the topic `_offsets` and the connections, calls under one lock, appends records
/// before the next call, and calls ``tick(at:)`` at ``wake``. Source: contracts/kafka.md §8.
package struct GroupCoordinator: Sendable {
    /// A group with what it committed.
    struct Entry: Sendable {
        var group: ConsumerGroup
        var offsets: [TopicPartition: StoredOffset] = [:]
        /// When the last member left; `nil` while there are members, and for groups that never had any.
        var emptySinceMilliseconds: Int64?
        /// What `_offsets` says of the group; `nil` for nothing.
        var recorded: GroupStateRecord?
        /// Writes that hold offsets of this group.
        var pendingWrites = 0
        /// The group was last used then.
        var lastUse: Duration

        /// Whether it holds nothing that anybody could miss.
        var isDisposable: Bool { self.group.isAbandoned && self.offsets.isEmpty && self.pendingWrites == 0 }
    }

    /// A durable offset and the write that brought it.
    struct StoredOffset: Equatable, Sendable {
        var committed: CommittedOffset
        var write: UInt64
    }

    /// Offsets on their way to the log.
    struct PendingWrite: Sendable {
        var group: String
        var offsets: [(place: TopicPartition, committed: CommittedOffset)]
    }

    /// The bounds.
    package let limits: GroupLimits
    /// When to call ``tick(at:)`` at the latest; `nil` while there are no groups.
    package internal(set) var wake: Duration?
    /// Bytes of all members' offers and assignments.
    package internal(set) var metadataBytes = 0
    /// Bytes of all offsets, with those on their way and those whose deletion is not stored yet.
    package internal(set) var offsetBytes = 0
    var entries: [String: Entry] = [:]
    var writes: [UInt64: PendingWrite] = [:]
    var writeNext: UInt64 = 1
    var expiryCheckNext: Duration?
    /// What `_offsets` has to be told again.
    var owed = OwedKeys()

    /// A coordinator without groups.
    package init(limits: GroupLimits = GroupLimits()) {
        self.limits = limits
    }

    /// Groups there are.
    package var groupCount: Int { self.entries.count }

    /// Members of all groups. Costs a walk over the groups.
    package var memberCount: Int { self.entries.values.reduce(0) { $0 + $1.group.memberCount } }

    /// Committed offsets of all groups. Costs a walk over the groups.
    package var offsetCount: Int { self.entries.values.reduce(0) { $0 + $1.offsets.count } }

    /// Time has passed: sessions and phases end, old offsets go.
    ///
    /// - Parameter now: the time; calling too early or too often does nothing.
    /// - Returns: what to do.
    package mutating func tick(at now: GroupTime) -> [GroupAction] {
        guard let wake = self.wake, wake <= now.uptime else { return [] }
        var actions: [GroupAction] = []
        for id in self.entries.keys.sorted() {
            guard let groupWake = self.entries[id]?.group.wake, groupWake <= now.uptime else { continue }
            actions += self.change(id, at: now) { group in group.tick(at: now.uptime) }
        }
        if let check = self.expiryCheckNext, check <= now.uptime {
            let records = self.expire(at: now)
            if !records.isEmpty { actions.append(.append(records)) }
            self.expiryCheckNext = now.uptime + self.limits.expiryCheck
        }
        self.wake = self.entries.isEmpty ? nil : self.expiryCheckNext
        for entry in self.entries.values {
            if let groupWake = entry.group.wake { self.noteWake(groupWake) }
        }
        return actions
    }

    mutating func noteWake(_ time: Duration) {
        self.wake = self.wake.map { min($0, time) } ?? time
    }

    /// Lets a group take an input, and sees to what follows from it: the sum of bytes, the clock, its record.
    mutating func change(
        _ id: String,
        at now: GroupTime,
        _ input: (inout ConsumerGroup) -> [GroupAction]
    ) -> [GroupAction] {
        guard var entry = self.entries.removeValue(forKey: id) else { return [] }
        self.metadataBytes -= entry.group.bytes
        let hadMembers = entry.group.memberCount > 0
        var actions = input(&entry.group)
        self.metadataBytes += entry.group.bytes
        let hasMembers = entry.group.memberCount > 0
        if hasMembers { entry.emptySinceMilliseconds = nil }
        if hadMembers, !hasMembers { entry.emptySinceMilliseconds = now.wallMilliseconds }
        entry.lastUse = now.uptime
        if let record = entry.recordOfChange(id) { actions.append(.append([record])) }
        if let groupWake = entry.group.wake { self.noteWake(groupWake) }
        self.entries[id] = entry
        return actions
    }

    /// Makes room for a group and makes it, unless it is there.
    ///
    /// - Returns: what that takes, mostly nothing; `nil` when there is no room and no group.
    mutating func open(_ id: String, at now: GroupTime) -> [GroupAction]? {
        guard self.entries[id] == nil else { return [] }
        var actions: [GroupAction] = []
        if self.entries.count >= self.limits.groupsMax {
            let disposable = self.entries.filter(\.value.isDisposable)
            guard let oldest = disposable.min(by: { ($0.value.lastUse, $0.key) < ($1.value.lastUse, $1.key) }) else {
                return nil
            }
            let records = self.remove(oldest.key)
            if !records.isEmpty { actions.append(.append(records)) }
        }
        self.entries[id] = Entry(group: ConsumerGroup(id: id, limits: self.limits), lastUse: now.uptime)
        self.startExpiryChecks(at: now)
        return actions
    }

    /// Sees to it that offsets are looked at for their age.
    mutating func startExpiryChecks(at now: GroupTime) {
        let check = self.expiryCheckNext ?? now.uptime + self.limits.expiryCheck
        self.expiryCheckNext = check
        self.noteWake(check)
    }

    func isName(_ name: String) -> Bool {
        (1...self.limits.nameBytesMax).contains(name.utf8.count)
    }
}

extension GroupCoordinator.Entry {
    /// The record that says how the group is now, when `_offsets` says something else: a new generation, or its end.
    mutating func recordOfChange(_ id: String) -> GroupRecord? {
        let state = GroupStateRecord(
            protocolType: self.group.protocolType,
            generation: self.group.generation,
            emptySinceMilliseconds: self.emptySinceMilliseconds
        )
        guard state.generation != self.recorded?.generation ?? 0 else { return nil }
        self.recorded = state
        return GroupRecord(.group(id), state)
    }
}
