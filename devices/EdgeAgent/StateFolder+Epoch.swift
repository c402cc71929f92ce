import EdgeCore
import Glibc
import TelemetryModel

extension StateFolder {
    private static let epochFile = "epoch"
    /// The spool's folder in it.
    package static let spoolFolder = "spool"

    /// Counts this start: the disk has the new epoch when this returns.
    ///
    /// - Parameters:
    ///   - folder: `nil` when there is none; the clock alone has then to do.
    ///   - clock: The system's clocks.
    ///   - wallClock: Whether they are to be trusted.
    ///   - journal: Where faults of the folder are logged; none of them stops the start.
    /// - Returns: The epoch of all readings of this run.
    package static func nextEpoch(
        in folder: StateFolder?,
        clock: SystemClock,
        wallClock: WallClock,
        journal: Journal
    ) -> UInt32 {
        var stored: UInt32?
        var spooled: UInt32?
        do throws(SpoolFault) {
            stored = try folder?.read(self.epochFile).flatMap { Epoch.parse($0) }
            if let folder {
                var spool = try SpoolFolder(folder.path(of: self.spoolFolder))
                spooled = try SpoolLog<SpoolFolder>.newestEpoch(in: &spool)
            }
        } catch {
            journal(.error, "\(error.message)")
        }
        let epoch = Epoch.next(
            stored: stored,
            spooled: spooled,
            clockSeconds: clock.wallTime.milliseconds / 1_000,
            floorSeconds: (AgentVersion.released.milliseconds / 1_000),
            isClockTrusted: wallClock.trustedOffset != nil,
            random: UInt16.random(in: .min ... .max)
        )
        do throws(SpoolFault) {
            try folder?.replace(self.epochFile, with: Epoch.bytes(epoch))
        } catch {
            // The next start must not count the same number again, which it would if it were small.
            journal(.error, "the start cannot be counted: \(error.message)")
            let seconds = max(clock.wallTime.milliseconds / 1_000, (AgentVersion.released.milliseconds / 1_000))
            return max(epoch, UInt32(clamping: seconds + Int64(UInt16.random(in: .min ... .max))))
        }
        return epoch
    }
}
