import EdgeCore

/// A disk that loses power: what was not synced is afterwards there, or not, or there in part.
final class SimulatedDisk: SpoolStorage {
    private struct File {
        /// As the process sees it.
        var bytes: [UInt8]
        /// What the disk surely has.
        var synced: [UInt8] = []
        var isNameSynced = false
    }

    private var files: [UInt64: File] = [:]
    /// Removed, but the disk may not know yet.
    private var removed: [UInt64: [UInt8]] = [:]
    private var current: UInt64 = 0
    /// Room for further bytes.
    var room = Int.max / 2
    /// Refuse the next writes, after so many bytes each.
    var failingWrites = 0
    var partialBytes = 0
    var failsSync = false
    private(set) var syncCount = 0
    private(set) var writeCount = 0

    var names: [UInt64] { self.files.keys.sorted() }
    var totalBytes: Int { self.files.values.reduce(0) { $0 + $1.bytes.count } }

    func bytes(of segment: UInt64) -> [UInt8] { self.files[segment]?.bytes ?? [] }

    func change(_ segment: UInt64, _ change: (inout [UInt8]) -> Void) {
        guard var file = self.files[segment] else { return }
        change(&file.bytes)
        file.synced = file.bytes
        self.files[segment] = file
    }

    /// The power goes and comes back. Unsynced bytes survive up to a random place, and may be garbage before it.
    func losePower(_ random: inout some RandomNumberGenerator) {
        for (segment, bytes) in self.removed where Bool.random(using: &random) {
            self.files[segment] = File(bytes: bytes, synced: bytes, isNameSynced: true)
        }
        self.removed = [:]
        for (segment, file) in self.files {
            guard file.isNameSynced || Bool.random(using: &random) else {
                self.files[segment] = nil
                continue
            }
            var bytes = file.synced
            let unsynced = file.bytes.dropFirst(bytes.count)
            if !unsynced.isEmpty, Bool.random(using: &random) {
                bytes += unsynced.prefix(Int.random(in: 0...unsynced.count, using: &random))
                if Bool.random(using: &random) {
                    // The length reached the disk before the data.
                    let hole = Int.random(in: file.synced.count...bytes.count, using: &random)
                    for index in hole..<bytes.count { bytes[index] = 0 }
                }
            }
            self.files[segment] = File(bytes: bytes, synced: bytes, isNameSynced: true)
        }
    }

    func segments() throws(SpoolFault) -> [UInt64] { self.names }

    func read(_ segment: UInt64, at offset: Int, count: Int) throws(SpoolFault) -> [UInt8] {
        guard let file = self.files[segment] else { throw SpoolFault("no such file") }
        return Array(file.bytes.dropFirst(offset).prefix(count))
    }

    func create(_ segment: UInt64, _ header: [UInt8]) throws(SpoolFault) {
        guard self.files[segment] == nil else { throw SpoolFault("exists") }
        try self.consume(header.count)
        self.removed[segment] = nil
        self.files[segment] = File(bytes: header)
        self.current = segment
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(SpoolFault) {
        self.writeCount += 1
        guard var file = self.files[self.current], offset == file.bytes.count else { throw SpoolFault("out of place") }
        if self.failingWrites > 0 {
            self.failingWrites -= 1
            file.bytes += bytes.prefix(self.partialBytes)
            self.files[self.current] = file
            throw SpoolFault("refused")
        }
        try self.consume(bytes.count)
        file.bytes += bytes
        self.files[self.current] = file
    }

    func truncate(to size: Int) throws(SpoolFault) {
        guard var file = self.files[self.current] else { throw SpoolFault("no such file") }
        file.bytes.removeLast(max(0, file.bytes.count - size))
        self.files[self.current] = file
    }

    func sync(_ segment: UInt64) throws(SpoolFault) {
        if self.failsSync { throw SpoolFault("sync refused") }
        self.syncCount += 1
        if var file = self.files[segment] {
            file.synced = file.bytes
            file.isNameSynced = true
            self.files[segment] = file
        }
        self.removed = [:]  // in the same folder
    }

    func remove(_ segment: UInt64) throws(SpoolFault) {
        guard let file = self.files.removeValue(forKey: segment) else { return }
        self.room += file.bytes.count
        if file.isNameSynced { self.removed[segment] = file.bytes }
    }

    func freeBytes() throws(SpoolFault) -> Int { self.room }

    private func consume(_ count: Int) throws(SpoolFault) {
        guard self.room >= count else { throw SpoolFault("full", isFull: true) }
        self.room -= count
    }
}
