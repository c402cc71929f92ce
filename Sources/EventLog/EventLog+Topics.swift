package import LogFormat
internal import Logging
internal import Synchronization

extension EventLog {
    /// The topic, made durably when it is not there.
    ///
    /// - Parameters:
    ///   - name: 1 to 249 of `A–Z a–z 0–9 . _ -`.
    ///   - partitions: 1 to 32; `nil` for what it has, or the default. Another number than it has is an error.
    ///   - segmentBytesMax: bytes of its segments until the log is closed; `nil` for its settings'.
    /// - Returns: The open topic.
    /// - Throws: Why it cannot be opened or made; for a damaged one always the same until it is reopened.
    package func openTopic(
        _ name: String,
        partitions: Int? = nil,
        segmentBytesMax: Int? = nil
    ) throws(EventLogError) -> LogTopic {
        let topic = try self.findOrMakeTopic(name, partitions: partitions, settings: nil, mustBeNew: false)
        if let segmentBytesMax {
            topic.segments.segmentBytesMax.store(UInt64(segmentBytesMax), ordering: .relaxed)
        }
        return topic
    }

    /// Makes a topic; it is durable, files and folders, when this returns. Blocks.
    ///
    /// - Parameters:
    ///   - name: 1 to 249 of `A–Z a–z 0–9 . _ -`.
    ///   - partitions: 1 to 32; `nil` for the default.
    ///   - settings: `nil` for the defaults.
    /// - Returns: The open topic.
    /// - Throws: `topicExists`, `tooManyTopics`, `invalidSettings`, `invalidTopicName`, `invalidPartitionCount`, the
    ///   reason why a topic of the name cannot be opened, or the file layer's; then there is no topic, or a next start
    ///   finds an empty one.
    package func createTopic(
        _ name: String,
        partitions: Int? = nil,
        settings: TopicSettings? = nil
    ) throws(EventLogError) -> LogTopic {
        try self.findOrMakeTopic(name, partitions: partitions, settings: settings, mustBeNew: true)
    }

    private func findOrMakeTopic(
        _ name: String,
        partitions: Int?,
        settings: TopicSettings?,
        mustBeNew: Bool
    ) throws(EventLogError) -> LogTopic {
        guard TopicName.isValid(name) else { throw .invalidTopicName(name) }
        let asked = partitions ?? self.configuration.partitionsDefault
        guard (1...StoredFrame.partitionCountMax).contains(asked) else {
            throw .invalidPartitionCount(topic: name, asked: asked, existing: nil)
        }
        if let fault = settings?.fault(ofTopic: name) { throw .invalidSettings(topic: name, detail: fault) }
        return try self.administration.withLock { _ throws(EventLogError) in
            if let topic = try self.findTopic(name, forNew: true) {
                if mustBeNew { throw .topicExists(name) }
                guard partitions == nil || partitions == topic.partitionCount else {
                    throw .invalidPartitionCount(topic: name, asked: asked, existing: topic.partitionCount)
                }
                return topic
            }
            let description = TopicDescription(
                partitionCount: asked,
                settings: settings ?? self.configuration.settings(ofNewTopic: name)
            )
            let recovered = try self.recovery(name).create(description)
            do throws(LogFileError) {
                try self.files.syncDirectory(self.configuration.directory)
            } catch {
                throw .file(error)
            }
            let topic = self.makeTopic(recovered)
            self.state.withLock { $0.topics[name] = topic }
            return topic
        }
    }

    /// The open topic; throws why it is not open. `nil` when there is none and, `forNew`, one more may be.
    private func findTopic(_ name: String, forNew: Bool = false) throws(EventLogError) -> LogTopic? {
        try self.state.withLock { state throws(EventLogError) in
            if state.isClosed { throw .closed(topic: name) }
            if let failure = state.failures[name] { throw failure }
            if let topic = state.topics[name] { return topic }
            guard forNew else { return nil }
            let limit = self.configuration.topicsMax
            guard state.topics.count + state.failures.count < limit else { throw .tooManyTopics(limit: limit) }
            return nil
        }
    }

    /// Sets a topic; durable before it holds, and before this returns. Blocks.
    ///
    /// - Parameters:
    ///   - name: The topic.
    ///   - settings: All of them; what retention removes goes at its next check.
    /// - Throws: `unknownTopic`, `invalidSettings`, why the topic is not open, or the file layer's reason: then the old
    ///   settings hold, and the next start may find either.
    package func configureTopic(_ name: String, settings: TopicSettings) throws(EventLogError) {
        if let fault = settings.fault(ofTopic: name) { throw .invalidSettings(topic: name, detail: fault) }
        try self.administration.withLock { _ throws(EventLogError) in
            guard let topic = try self.findTopic(name) else { throw .unknownTopic(name) }
            let description = TopicDescription(partitionCount: topic.partitionCount, settings: settings)
            try self.recovery(name).replaceDescription(description)
            topic.apply(settings)
        }
    }

    /// Deletes a topic, durably. Blocks: what it had accepted is synced and acknowledged, and then it is gone.
    ///
    /// - Appenders are refused and readers and waiters get `closed` from now on. A crash in the middle leaves the topic
    ///   whole or gone.
    /// - A damaged topic can be deleted too.
    ///
    /// - Throws: `unknownTopic`, `closed`, or the file layer's reason: then the topic is closed, and reopening it finds
    ///   it whole or gone.
    package func deleteTopic(_ name: String) throws(EventLogError) {
        try self.administration.withLock { _ throws(EventLogError) in
            let topic = try self.state.withLock { state throws(EventLogError) -> LogTopic? in
                if state.isClosed { throw .closed(topic: name) }
                if let topic = state.topics.removeValue(forKey: name) { return topic }
                guard state.failures[name] != nil else { throw .unknownTopic(name) }
                return nil
            }
            do throws(EventLogError) {
                if let topic {
                    topic.close(isClean: false)
                    self.fences.forget(topic)
                    // Not while a segment is being removed.
                    try topic.removal.withLock { _ throws(EventLogError) in try self.recovery(name).delete() }
                } else {
                    try self.recovery(name).delete()
                }
            } catch {
                self.state.withLock { $0.failures[name] = error }
                throw error
            }
            self.state.withLock { $0.failures[name] = nil }
            self.reopenings.withLock { $0[name] = nil }
            self.logger.notice("topic deleted", metadata: ["topic": "\(name)"])
            self.tellDeleted(name)
        }
    }

    /// Opens a fenced topic, or one that could not be opened, through recovery; does nothing for an open one. Blocks.
    ///
    /// Of a fenced topic everything behind its last sync is cut off: none of that was acknowledged or shown. The same
    /// ``LogTopic`` goes on, with its appenders and readers.
    ///
    /// - Throws: `unknownTopic`, `closed`, or why it cannot be opened: then it stays as it was.
    package func reopenTopic(_ name: String) throws(EventLogError) {
        try self.administration.withLock { _ throws(EventLogError) in
            let topic = try self.state.withLock { state throws(EventLogError) -> LogTopic? in
                if state.isClosed { throw .closed(topic: name) }
                guard state.topics[name] != nil || state.failures[name] != nil else { throw .unknownTopic(name) }
                return state.topics[name]
            }
            if let topic {
                guard case .fenced = topic.status else { return }
                try topic.reopen(self.recovery(name)) { self.fences.forget(topic) }
                self.logger.notice("fenced topic reopened", metadata: ["topic": "\(name)", "end": "\(topic.end)"])
                return
            }
            do throws(EventLogError) {
                // Nothing of it is left when a deletion had begun.
                let topic = try self.recovery(name).open().map { self.makeTopic($0) }
                self.state.withLock { state in
                    state.topics[name] = topic
                    state.failures[name] = nil
                }
                if topic == nil { self.tellDeleted(name) }
            } catch {
                self.state.withLock { $0.failures[name] = error }
                throw error
            }
        }
    }
}
