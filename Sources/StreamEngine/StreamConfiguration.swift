package import AnomalyDetection
package import StreamSQL

/// What a stream reads, writes and looks for. The defaults are what the gateway runs.
package struct StreamConfiguration: Equatable, Sendable {
    /// The stream's name in its results' headers and its checkpoint's file name; no slash in it.
    package var name = "telemetry"
    /// Folder of the checkpoint; made when missing.
    package var checkpointDirectory: String
    package var inputTopic = "telemetry"
    package var windowTopic = "windows"
    package var alertTopic = "alerts"
    package var deadLetterTopic = "dead-letter"

    /// One-minute windows; a value may come 10 s after a later one of its device.
    package var windows = TumblingWindows.Settings()
    package var spikes = SpikeSettings()
    /// A `ts` further ahead of the enqueue time than this is a wrong clock: the enqueue time stands in.
    package var earlyArrivalMax = Duration.seconds(300)
    /// A device without a record for so long, in enqueue time, has its open windows written as they are.
    package var idleTime = Duration.seconds(60)
    /// Channels over all devices; one more forgets the device that has been silent longest. About 2 KiB each.
    package var seriesMax = 100_000
    /// Channels of one device; the values of further ones are dropped and counted.
    package var channelsPerDeviceMax = 256

    /// A checkpoint is written after this time or this many records, whichever comes first, and when the engine stops.
    package var checkpointInterval = Duration.seconds(10)
    package var checkpointRecords = 100_000
    /// Stored bytes that are read at once.
    package var readBytesMax = 1 << 20

    package init(checkpointDirectory: String) {
        self.checkpointDirectory = checkpointDirectory
    }
}
