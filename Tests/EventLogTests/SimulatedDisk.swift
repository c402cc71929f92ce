import EventLog
import Glibc
import Synchronization
import TestSupport

/// A disk in memory that does to unsynced writes what real ones do, decided by a seed.
///
/// - A write is in the page cache at once; it is on the disk after `syncData`, and before that in parts, in any order.
/// - Names (made, renamed, removed) are on the disk after `syncDirectory`, and before that each of them, or not.
/// - A failed sync leaves the page cache as it is and forgets that it was dirty: the next sync says yes and writes nothing.
/// - The process can be killed, or the power fail, within any operation; from then on all of them throw.
final class SimulatedDisk: LogFiles {
    /// What can be set to go wrong.
    struct Faults: Sendable {
        /// Operations that change something until the process is killed or the power fails; `nil`: neither.
        var operationsUntilCrash: Int?
        /// Syncs of file data until one fails, once.
        var syncsUntilFailure: Int?
        /// Bytes that may still be written until the disk is full.
        var bytesUntilFull: Int?
        /// What the disk says is free.
        var freeBytes: UInt64 = .max
    }

    /// What was asked of the disk, for tests of the order and the number of calls.
    struct Counts: Equatable, Sendable {
        var writes = 0
        var pieces = 0
        var dataSyncs = 0
        var directorySyncs = 0
        var opens = 0
        var bytesRead = 0
    }

    final class Node: Sendable {
        struct Contents: Sendable {
            /// As the system shows the file.
            var cached: [UInt8] = []
            /// As the disk has it.
            var durable: [UInt8] = []
            /// Written and not synced, in order.
            var dirty: [(position: Int, bytes: [UInt8])] = []
        }

        let contents: Mutex<Contents>

        init(_ contents: Contents = Contents()) {
            self.contents = Mutex(contents)
        }
    }

    private struct State {
        var random: SeededGenerator
        var faults = Faults()
        var counts = Counts()
        var hasCrashed = false
        var lastSyncFailed = false
        /// Names as the system shows them: path to file; folders have no node.
        var names: [String: Node?] = [:]
        var durableNames: [String: Node?] = [:]
        /// Changes of names that no sync has covered: the path and what it names now.
        var dirtyNames: [(path: String, node: Node??)] = []
    }

    /// Called in `syncData` before it takes effect, on the thread that syncs, without any lock: a test can hold it.
    let beforeSync: Mutex<(@Sendable () -> Void)?> = Mutex(nil)
    /// Bytes that were read, for tests of what readers cost.
    fileprivate let readBytes = Atomic<Int>(0)
    private let state: Mutex<State>

    init(seed: UInt64) {
        self.state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    private init(_ state: sending State) {
        self.state = Mutex(state)
    }

    var faults: Faults {
        get { self.state.withLock { $0.faults } }
        set { self.state.withLock { $0.faults = newValue } }
    }

    var counts: Counts { self.state.withLock { $0.counts } }

    var bytesRead: Int { self.readBytes.load(ordering: .relaxed) }

    var hasCrashed: Bool { self.state.withLock { $0.hasCrashed } }

    /// Whether a data sync that was asked for has thrown.
    var hasFailedSync: Bool { self.state.withLock { $0.lastSyncFailed } }

    /// The bytes of a file as the system shows them.
    func bytes(_ path: String) -> [UInt8]? {
        self.state.withLock { $0.names[path] ?? nil }?.contents.withLock { $0.cached }
    }

    /// Replaces the bytes of a file, in cache and on disk: damage.
    func set(_ path: String, _ bytes: [UInt8]) {
        let node = Node(Node.Contents(cached: bytes, durable: bytes))
        self.state.withLock { state in
            state.names[path] = node
            state.durableNames[path] = node
        }
    }

    func remove(_ path: String) {
        self.state.withLock { state in
            state.names[path] = nil
            state.durableNames[path] = nil
        }
    }

    /// Names of the files in a folder, sorted.
    func fileNames(in directory: String) -> [String] {
        self.state.withLock { state in
            state.names.filter { $0.value != nil && $0.key.hasPrefix(directory + "/") }
                .map { String($0.key.dropFirst(directory.count + 1)) }.sorted()
        }
    }

    // MARK: Crashes

    /// The disk after the power came back: of what was not synced, anything may be there.
    func afterPowerCut() -> SimulatedDisk {
        self.state.withLock { state in
            var random = state.random
            state.hasCrashed = true
            for change in state.dirtyNames where Bool.random(using: &random) {
                SimulatedDisk.apply(change, to: &state.durableNames)
            }
            var names: [String: Node?] = [:]
            for (path, node) in state.durableNames where SimulatedDisk.isReachable(path, in: state.durableNames) {
                guard let node else {
                    names[path] = .some(nil)
                    continue
                }
                let durable = node.contents.withLock { contents -> [UInt8] in
                    SimulatedDisk.applySome(contents.dirty, to: &contents.durable, &random)
                    return contents.durable
                }
                names[path] = .some(Node(Node.Contents(cached: durable, durable: durable)))
            }
            return SimulatedDisk(State(random: random, names: names, durableNames: names))
        }
    }

    /// The disk after the process was killed and the system went on: everything written is there, dirty as it was.
    func afterKill() -> SimulatedDisk {
        self.state.withLock { state in
            state.hasCrashed = true
            var random = state.random
            _ = random.next()
            var copies: [ObjectIdentifier: Node] = [:]
            func copy(_ node: Node?) -> Node? {
                guard let node else { return nil }
                if let known = copies[ObjectIdentifier(node)] { return known }
                let made = Node(node.contents.withLock { $0 })
                copies[ObjectIdentifier(node)] = made
                return made
            }
            return SimulatedDisk(
                State(
                    random: random,
                    names: state.names.mapValues { copy($0) },
                    durableNames: state.durableNames.mapValues { copy($0) },
                    dirtyNames: state.dirtyNames.map { ($0.path, $0.node.map { copy($0) }) }
                )
            )
        }
    }

    /// Whether all folders around `path` have a name; `/` has.
    private static func isReachable(_ path: String, in names: [String: Node?]) -> Bool {
        var folder = SimulatedDisk.folder(of: path)
        while folder != "" {
            if names[folder] == nil { return false }
            folder = SimulatedDisk.folder(of: folder)
        }
        return true
    }

    /// The folder around `path`; `""` for the root.
    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    private static func apply(_ change: (path: String, node: Node??), to names: inout [String: Node?]) {
        if let node = change.node { names[change.path] = .some(node) } else { names[change.path] = nil }
    }

    /// Writes some of `dirty` to `durable`: nothing, all, the front, or any sectors in any order; gaps read as zeros.
    private static func applySome(
        _ dirty: [(position: Int, bytes: [UInt8])],
        to durable: inout [UInt8],
        _ random: inout SeededGenerator
    ) {
        let sector = [16, 128, 512, 4_096].randomElement(using: &random) ?? 512
        let style = Int.random(in: 0..<4, using: &random)
        for (position, bytes) in dirty where style != 0 {
            let cut = style == 2 ? Int.random(in: 0...bytes.count, using: &random) : bytes.count
            var start = 0
            while start < cut {
                let end = min(cut, (position + start) / sector * sector + sector - position)
                if style != 3 || Bool.random(using: &random) {
                    write(Array(bytes[start..<end]), at: position + start, to: &durable)
                }
                start = end
            }
        }
        if style == 3, let last = dirty.last, Bool.random(using: &random) {
            // The length may be on the disk before the bytes.
            write([], at: last.position + Int.random(in: 0...last.bytes.count, using: &random), to: &durable)
        }
    }

    private static func write(_ bytes: [UInt8], at position: Int, to contents: inout [UInt8]) {
        if contents.count < position { contents += [UInt8](repeating: 0, count: position - contents.count) }
        let inside = min(bytes.count, contents.count - position)
        contents.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: target[position...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<inside]))
            }
        }
        if inside < bytes.count { contents += bytes[inside...] }
    }

    // MARK: LogFiles

    func createDirectory(_ path: String) throws(LogFileError) {
        try self.change("mkdir", path) { state in
            guard state.names[path] == nil else { return }
            state.names[path] = .some(nil)
            state.dirtyNames.append((path, .some(nil)))
        }
    }

    func list(_ directory: String) throws(LogFileError) -> [String] {
        try self.state.withLock { state throws(LogFileError) in
            guard state.names[directory] != nil else {
                throw LogFileError(operation: "opendir", path: directory, errno: ENOENT)
            }
            return state.names.keys.filter { $0.hasPrefix(directory + "/") }
                .map { String($0.dropFirst(directory.count + 1)) }.filter { !$0.contains("/") }
        }
    }

    func syncDirectory(_ path: String) throws(LogFileError) {
        try self.change("fsync", path) { state in
            state.counts.directorySyncs += 1
            let isIn = { (name: String) in SimulatedDisk.folder(of: name) == (path == "/" ? "" : path) }
            for change in state.dirtyNames where isIn(change.path) {
                SimulatedDisk.apply(change, to: &state.durableNames)
            }
            state.dirtyNames.removeAll { isIn($0.path) }
        }
    }

    func lockDirectory(_ path: String) throws(LogFileError) -> (any Sendable)? { true }

    func open(_ path: String, _ mode: LogFileMode) throws(LogFileError) -> any LogFile {
        if mode == .create {
            try self.change("open", path) { state in
                let node = Node()
                state.names[path] = .some(node)
                state.dirtyNames.append((path, .some(node)))
            }
        }
        let node = self.state.withLock { state in
            state.counts.opens += 1
            return state.names[path] ?? nil
        }
        guard let node else { throw LogFileError(operation: "open", path: path, errno: ENOENT) }
        return SimulatedFile(disk: self, node: node, path: path)
    }

    func rename(_ path: String, to newPath: String) throws(LogFileError) {
        try self.change("rename", path) { state in
            let node = state.names[path] ?? nil
            state.names[path] = nil
            state.names[newPath] = .some(node)
            state.dirtyNames.append((newPath, .some(node)))
            state.dirtyNames.append((path, nil))
        }
    }

    func unlink(_ path: String) throws(LogFileError) {
        try self.change("unlink", path) { state in
            state.names[path] = nil
            state.dirtyNames.append((path, nil))
        }
    }

    func removeDirectory(_ path: String) throws(LogFileError) {
        try self.change("rmdir", path) { state in
            guard !state.names.keys.contains(where: { $0.hasPrefix(path + "/") }) else { return }
            state.names[path] = nil
            state.dirtyNames.append((path, nil))
        }
    }

    func freeBytes(in directory: String) throws(LogFileError) -> UInt64 {
        self.state.withLock { $0.faults.freeBytes }
    }

    fileprivate func countRead(_ bytes: Int) {
        self.state.withLock { $0.counts.bytesRead += bytes }
    }

    /// Runs a change unless the process has ended or ends now; when it ends now, the change may have happened or not.
    private func change(
        _ operation: String,
        _ path: String,
        _ body: (inout State) -> Void
    ) throws(LogFileError) {
        try self.state.withLock { state throws(LogFileError) in
            guard !state.hasCrashed else { throw LogFileError(operation: operation, path: path, errno: EIO) }
            if let left = state.faults.operationsUntilCrash {
                state.faults.operationsUntilCrash = left - 1
                if left <= 0 {
                    if Bool.random(using: &state.random) { body(&state) }
                    state.hasCrashed = true
                    throw LogFileError(operation: operation, path: path, errno: EIO)
                }
            }
            body(&state)
        }
    }

    // MARK: Files

    fileprivate func write(
        _ pieces: [UnsafeRawBufferPointer],
        at position: UInt64,
        to node: Node,
        _ path: String
    )
        throws(LogFileError)
    {
        var bytes = [UInt8](unsafeUninitializedCapacity: pieces.reduce(0) { $0 + $1.count }) { room, filled in
            let raw = UnsafeMutableRawBufferPointer(room)
            for piece in pieces {
                UnsafeMutableRawBufferPointer(rebasing: raw[filled...]).copyMemory(from: piece)
                filled += piece.count
            }
        }
        var isFull = false
        try self.change("pwritev", path) { state in
            state.counts.writes += 1
            state.counts.pieces += pieces.count
            if let left = state.faults.bytesUntilFull {
                if bytes.count > left {
                    bytes.removeLast(bytes.count - left)
                    isFull = true
                }
                state.faults.bytesUntilFull = left - bytes.count
            }
            node.contents.withLock { contents in
                SimulatedDisk.write(bytes, at: Int(position), to: &contents.cached)
                contents.dirty.append((Int(position), bytes))
            }
        }
        if isFull { throw LogFileError(operation: "pwritev", path: path, errno: ENOSPC) }
    }

    fileprivate func sync(_ node: Node, _ path: String) throws(LogFileError) {
        let hold = self.beforeSync.withLock { $0 }
        hold?()
        var isFailure = false
        try self.change("fdatasync", path) { state in
            state.counts.dataSyncs += 1
            if let left = state.faults.syncsUntilFailure {
                isFailure = left <= 0
                state.faults.syncsUntilFailure = isFailure ? nil : left - 1
            }
            state.lastSyncFailed = state.lastSyncFailed || isFailure
            node.contents.withLock { contents in
                if isFailure {
                    SimulatedDisk.applySome(contents.dirty, to: &contents.durable, &state.random)
                } else {
                    for (position, bytes) in contents.dirty {
                        SimulatedDisk.write(bytes, at: position, to: &contents.durable)
                    }
                }
                contents.dirty = []
            }
        }
        if isFailure { throw LogFileError(operation: "fdatasync", path: path, errno: EIO) }
    }

    fileprivate func truncate(_ node: Node, to size: UInt64, _ path: String) throws(LogFileError) {
        try self.change("ftruncate", path) { _ in
            node.contents.withLock { contents in
                contents.cached.removeLast(max(0, contents.cached.count - Int(size)))
                contents.durable.removeLast(max(0, contents.durable.count - Int(size)))
                contents.dirty = contents.dirty.compactMap { position, bytes in
                    position >= Int(size) ? nil : (position, Array(bytes.prefix(Int(size) - position)))
                }
            }
        }
    }
}

private final class SimulatedFile: LogFile {
    private let disk: SimulatedDisk
    private let node: SimulatedDisk.Node
    private let path: String

    init(disk: SimulatedDisk, node: SimulatedDisk.Node, path: String) {
        self.disk = disk
        self.node = node
        self.path = path
    }

    func size() throws(LogFileError) -> UInt64 { self.node.contents.withLock { UInt64($0.cached.count) } }

    func read(into bytes: UnsafeMutableRawBufferPointer, at position: UInt64) throws(LogFileError) -> Int {
        let count = self.node.contents.withLock { contents in
            let start = min(Int(position), contents.cached.count)
            let end = min(start + bytes.count, contents.cached.count)
            self.disk.readBytes.add(end - start, ordering: .relaxed)
            contents.cached.withUnsafeBytes {
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<end]))
            }
            return end - start
        }
        self.disk.countRead(count)
        return count
    }

    func dropCache() throws(LogFileError) {
        self.node.contents.withLock { contents in
            // What waits to be written stays.
            if contents.dirty.isEmpty { contents.cached = contents.durable }
        }
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at position: UInt64) throws(LogFileError) {
        try self.disk.write(pieces, at: position, to: self.node, self.path)
    }

    func syncData() throws(LogFileError) {
        try self.disk.sync(self.node, self.path)
    }

    func truncate(to size: UInt64) throws(LogFileError) {
        try self.disk.truncate(self.node, to: size, self.path)
    }
}
