/// What the spool may take of the disk, and what a power cut may take of it. Keys `spool.*` of the configuration.
package struct SpoolSettings: Equatable, Sendable {
    /// At most this long a written reading waits for its fdatasync, seconds.
    package var windowSeconds = 10
    /// At most so many written readings wait for it.
    package var windowReadings = 256
    /// All files together, bytes.
    package var sizeMaxBytes = 67_108_864
    /// Older readings are given up, seconds.
    package var ageMaxSeconds = 2_592_000
    /// What stays free on the disk, bytes.
    package var freeDiskMinBytes = 67_108_864
    /// How fast the backlog is sent, readings a second.
    package var drainReadingsPerSecond = 16_000

    package init() {}
}
