internal import Logging
internal import Synchronization
package import TelemetryModel

extension EventLog {
    /// Removes, in every topic, the segments that retention lets go, and begins new segments in quiet topics whose
    /// last one is too old. Blocks; a thread of the log calls it too, every `retentionCheck`.
    ///
    /// What cannot be removed is logged, and its topic removes nothing more until it is reopened.
    ///
    /// - Parameters:
    ///   - now: The wall clock; records are no older when it was set forward since the last call.
    ///   - uptime: The monotonic clock.
    package func applyRetention(now: Timestamp, uptime: Duration = EventLog.uptime) {
        let clock = self.retentionClock.withLock { clock in
            clock.observe(now: now.milliseconds, uptime: uptime)
            return clock
        }
        for topic in self.topics {
            do throws(EventLogError) {
                try topic.applyRetention(now: now, clock: clock)
            } catch .closed {
                // Deleted meanwhile, or the log is.
            } catch {
                self.logger.error(
                    "retention cannot remove what is too old",
                    metadata: ["topic": "\(topic.name)", "error": "\(error)"]
                )
            }
        }
    }

    /// Whether the disk has room; as of the last look at it.
    package var diskState: DiskState { self.disk.diskState }

    /// Calls `observer` when the disk becomes nearly full and when it has room again, on a thread of the log; now, when
    /// it is nearly full already. The observer does not block.
    package func onDiskState(_ observer: @escaping @Sendable (DiskState) -> Void) {
        self.disk.add(observer)
    }

    /// Looks at the disk's room: refuses intake or takes it again, and reopens topics that a full disk has fenced when
    /// there is room. Blocks; a thread of the log calls it too, every `diskCheck` and after every 16 MiB written.
    ///
    /// - Parameter uptime: The monotonic clock, for topics that are fenced by a full disk again and again.
    package func checkDisk(uptime: Duration = EventLog.uptime) {
        self.measureDisk()
        self.reopenAfterFullDisk(uptime: uptime)
    }

    /// Looks at the disk's room: refuses intake or takes it again.
    func measureDisk() {
        let freeBytes: UInt64
        do throws(LogFileError) {
            freeBytes = try self.files.freeBytes(in: self.configuration.directory)
        } catch {
            // What it said the last time holds; a disk that is gone fences with the next write.
            self.logger.warning("the disk's room is not known", metadata: ["error": "\(error)"])
            return
        }
        switch self.disk.observe(freeBytes: freeBytes) {
        case .nearlyFull(let freeBytes, let neededBytes):
            self.logger.critical(
                "the disk is nearly full, nothing is taken until there is room",
                metadata: ["free": "\(freeBytes)", "needed": "\(neededBytes)"]
            )
        case .ok:
            self.logger.notice("the disk has room again, intake goes on", metadata: ["free": "\(freeBytes)"])
        case nil:
            break
        }
    }

    /// Reopens topics that a full disk has fenced when there is room; reading one's last segment may take seconds.
    ///
    /// A quota, or a file system out of inodes, is full whatever the disk says: such a topic is tried less and less often.
    func reopenAfterFullDisk(uptime: Duration = EventLog.uptime) {
        guard self.diskState == .ok else { return }
        for topic in self.topics where topic.isFencedByFullDisk {
            let isDue = self.reopenings.withLock { delays in
                delays[topic.name, default: ReopenDelay()].isDue(uptime: uptime)
            }
            guard isDue else { continue }
            do throws(EventLogError) {
                try self.reopenTopic(topic.name)
            } catch {
                self.logger.error(
                    "a topic that a full disk had fenced cannot be reopened yet",
                    metadata: ["topic": "\(topic.name)", "error": "\(error)"]
                )
            }
        }
    }

    /// The system's monotonic clock.
    package static var uptime: Duration {
        ContinuousClock.now - EventLog.clockOrigin
    }

    private static let clockOrigin = ContinuousClock.now
}
