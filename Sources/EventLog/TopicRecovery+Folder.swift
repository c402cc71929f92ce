internal import LogFormat
internal import Logging

extension TopicRecovery {
    /// The folder's names, after files that were being made have been removed; all of it durable.
    ///
    /// A process that was killed behind a rename has left a name that only the page cache knows: without the sync a
    /// power cut would take it, and with it what is acknowledged from now on.
    func removeUnfinished() throws(LogFileError) -> [String] {
        let names = try self.files.list(self.directory)
        let numbers = Set(names.compactMap { LogFileNames.segmentNumber($0) })
        let (unneeded, kept) = names.reduce(into: ([String](), [String]())) { split, name in
            let isUnfinished = name.hasSuffix(LogFileNames.unfinishedSuffix)
            // Beside a segment that is gone.
            let isAlone = LogFileNames.indexNumber(name).map { !numbers.contains($0) } ?? false
            if isUnfinished || isAlone { split.0.append(name) } else { split.1.append(name) }
        }
        for name in unneeded { try self.files.unlink(self.path(name)) }
        try self.files.syncDirectory(self.directory)
        return kept
    }

    /// Whether a folder without description never became a topic: at most a first segment without a batch.
    func isUnfinishedTopic(_ numbers: [UInt64]) throws(LogFileError) -> Bool {
        if numbers.isEmpty { return true }
        let sizeMax = SegmentHeader.size(partitionCount: StoredFrame.partitionCountMax)
        guard numbers == [0] else { return false }
        let segment = try self.files.open(self.path(LogFileNames.segment(0)), .read)
        return try segment.size() <= UInt64(sizeMax)
    }

    func cleanMark(_ names: [String], partitionCount: Int) throws(EventLogError) -> CleanMark? {
        guard names.contains(LogFileNames.cleanMark) else { return nil }
        let bytes = try self.filed { () throws(LogFileError) in try self.contents(LogFileNames.cleanMark) }
        if let mark = CleanMark(reading: bytes, partitionCount: partitionCount) { return mark }
        throw self.damage(LogFileNames.cleanMark, "it is not a clean mark in format 1; if the log is whole, remove it")
    }

    func checkNumbers(_ numbers: [UInt64], mark: CleanMark?) throws(EventLogError) {
        guard let first = numbers.first, let last = numbers.last else {
            throw self.damage(LogFileNames.segment(mark?.segment ?? 0), "the file is missing")
        }
        for (number, expected) in zip(numbers, first...) where number != expected {
            throw self.damage(LogFileNames.segment(expected), "the file is missing")
        }
        if let mark, mark.segment > last {
            throw self.damage(LogFileNames.segment(mark.segment), "the file is missing")
        }
    }

    // MARK: Deleting and setting

    /// Deletes the topic: it is gone for every next start when this returns.
    ///
    /// A mark of its own decides it, durably, before the first file goes: until then the topic is whole.
    func delete() throws(EventLogError) {
        try self.filed { () throws(LogFileError) in
            _ = try self.files.open(self.path(LogFileNames.deletion), .create)
            try self.files.syncDirectory(self.directory)
        }
        do throws(LogFileError) {
            try self.finishDeletion()
        } catch {
            self.logger.warning(
                "a deleted topic's files are not all removed; the next start goes on",
                metadata: ["topic": "\(self.name)", "error": "\(error)"]
            )
        }
    }

    /// Removes what is left of a deleted topic, the mark last, and its folder.
    func finishDeletion() throws(LogFileError) {
        for name in try self.files.list(self.directory) where name != LogFileNames.deletion {
            try self.files.unlink(self.path(name))
        }
        try self.files.syncDirectory(self.directory)
        try self.files.unlink(self.path(LogFileNames.deletion))
        try self.files.syncDirectory(self.directory)
        try self.files.removeDirectory(self.directory)
        try self.files.syncDirectory(LogFileNames.directory(of: self.directory))
    }

    /// Puts another description in place of the topic's, durably.
    func replaceDescription(_ description: TopicDescription) throws(EventLogError) {
        try self.filed { () throws(LogFileError) in
            try self.files.replace(self.path(LogFileNames.description), with: Array(description.text.utf8))
            try self.files.syncDirectory(self.directory)
        }
    }

    // MARK: Reopening

    /// Opens the folder of a topic that was fenced and is not written any more.
    ///
    /// 1. A segment that was begun and never used goes, and everything behind the last sync is cut off the last one.
    /// 2. What the kernel holds of that file is dropped: after a failed sync it may be on no disk.
    /// 3. The recovery of a start then reads and checks all of it, and writes and syncs its last cycle again.
    ///
    /// - Parameter mark: How far the topic was synced.
    /// - Returns: The topic, up to the mark.
    /// - Throws: The file layer's reason, or `topicDamaged`: then nothing that had been synced was changed.
    func reopen(synced mark: CleanMark) throws(EventLogError) -> RecoveredTopic {
        let name = LogFileNames.segment(mark.segment)
        let size = try self.filed { () throws(LogFileError) in
            let unused = try self.files.list(self.directory).filter {
                LogFileNames.segmentNumber($0).map { $0 > mark.segment } ?? false
            }
            for name in unused { try self.files.unlink(self.path(name)) }
            if !unused.isEmpty { try self.files.syncDirectory(self.directory) }
            let file = try self.files.open(self.path(name), .readWrite)
            let size = try file.size()
            if size >= mark.bytes {
                try file.truncate(to: mark.bytes)
                try file.dropCache()
            }
            return size
        }
        guard size >= mark.bytes else { throw self.damage(name, at: size, "synced bytes are missing") }
        guard let recovered = try self.open(synced: mark) else {
            throw self.damage(LogFileNames.description, "the file is missing")
        }
        return recovered
    }
}
