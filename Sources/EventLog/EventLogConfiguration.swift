package import LogFormat

extension EventLog {
    /// Where the log is and how large its parts may grow.
    package struct Configuration: Equatable, Sendable {
        /// The folder; made when its parent is there.
        package var directory: String
        /// Partitions of a topic that is made without a number, 1 to 32.
        package var partitionsDefault: Int
        /// Settings of a topic that is made without any. Topics whose names begin with `_` get them without retention:
        /// who made those knows when their records are done with.
        package var settingsDefault: TopicSettings
        /// Topics at most, those that could not be opened included.
        package var topicsMax: Int
        /// Bytes per topic that may wait for the disk; above it submits are refused and `isBackedUp` is true.
        package var pendingBytesMax: Int
        /// Bytes of a batch, up to 16 MiB; a record that is larger gets a batch of its own.
        package var batchBytesMax: Int
        /// Free bytes of the disk below which nothing is taken, until a quarter more is free; 0: the disk is not watched.
        package var freeBytesMin: UInt64
        /// Time between two looks at what retention removes; zero: only ``EventLog/applyRetention(now:)`` does.
        package var retentionCheck: Duration
        /// Time between two looks at the disk's room; zero: only ``EventLog/checkDisk(uptime:)`` looks.
        package var diskCheck: Duration

        /// A configuration; the numbers are the defaults.
        ///
        /// - Parameters:
        ///   - directory: The folder.
        ///   - partitionsDefault: Partitions of a topic, 1 to 32.
        ///   - segmentBytesMax: In place of the settings' default, when given.
        ///   - pendingBytesMax: Unsynced bytes of a topic.
        ///   - batchBytesMax: Bytes of a batch.
        ///   - settingsDefault: Settings of new topics.
        ///   - topicsMax: Topics at most.
        ///   - freeBytesMin: Bytes of the disk that stay free.
        ///   - retentionCheck: Time between two looks at what is too old.
        ///   - diskCheck: Time between two looks at the disk.
        package init(
            directory: String,
            partitionsDefault: Int = 4,
            segmentBytesMax: Int? = nil,
            pendingBytesMax: Int = 64 << 20,
            batchBytesMax: Int = 1_000_000,
            settingsDefault: TopicSettings = TopicSettings(),
            topicsMax: Int = 500,
            freeBytesMin: UInt64 = 512 << 20,
            retentionCheck: Duration = .seconds(60),
            diskCheck: Duration = .seconds(1)
        ) {
            self.directory = directory
            self.partitionsDefault = partitionsDefault
            self.settingsDefault = settingsDefault
            if let segmentBytesMax { self.settingsDefault.segmentBytesMax = segmentBytesMax }
            self.topicsMax = topicsMax
            self.pendingBytesMax = pendingBytesMax
            self.batchBytesMax = batchBytesMax
            self.freeBytesMin = freeBytesMin
            self.retentionCheck = retentionCheck
            self.diskCheck = diskCheck
        }

        /// The settings of a topic that is made without any.
        func settings(ofNewTopic name: String) -> TopicSettings {
            var settings = name.hasPrefix("_") ? self.settingsWithoutRetention : self.settingsDefault
            if TopicName.isOfGateway(name) { settings.timestampType = .logAppendTime }
            return settings
        }

        /// The settings of a topic that was made before topics had any: it was made to be kept for ever.
        var settingsWithoutRetention: TopicSettings {
            var settings = self.settingsDefault
            settings.retentionMilliseconds = nil
            settings.retentionBytes = nil
            return settings
        }
    }
}
