import EdgeCore
import SensorKit
import Testing

@Suite("histories of the spool with crashes and power cuts, seeded")
struct SpoolCrashTests {
    private struct Key: Hashable {
        var epoch: UInt32
        var number: UInt64
    }

    @Test(
        "what was synced or survives comes again whole until acknowledged, nothing torn comes, and boundaries never change",
        arguments: 0..<24
    )
    func history(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let disk = SimulatedDisk()
        var settings = SpoolSettings()
        settings.windowReadings = 20
        /// Readings that are safe on the disk and not acknowledged.
        var safe: [Key: UInt8] = [:]
        /// All that were ever appended, with what is in them.
        var appended: [Key: UInt8] = [:]
        var acknowledged: Set<Key> = []
        /// The parcel that a reading was once taken in.
        var boundaries: [Key: ReadingRange] = [:]

        for epoch in UInt32(1)...6 {
            var log = try SpoolLog(
                disk,
                settings: settings,
                epoch: epoch,
                boot: BootID(high: UInt64(epoch / 2), low: 0)
            )
            var number: UInt64 = 0
            var unsynced: [Key] = []
            var taken: [Parcel] = []
            var came: Set<Key> = []
            for step in 0..<Int.random(in: 1...60, using: &random) {
                let now = BootInstant(milliseconds: Int64(step) * 1_000)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<5:
                    let count = Int.random(in: 1...90, using: &random)
                    number += Bool.random(using: &random) ? 0 : 3
                    let wasSent = Int.random(in: 0..<4, using: &random) == 0
                    var parcels: [Parcel] = []
                    var left = count
                    while left > 0 {
                        let size = wasSent ? min(left, Int.random(in: 1...Parcel.readingsMax, using: &random)) : 1
                        let readings = (0..<size).map { index in
                            let mark = UInt8.random(in: 0...255, using: &random)
                            let key = Key(epoch: epoch, number: number + UInt64(index))
                            appended[key] = mark
                            unsynced.append(key)
                            return Reading(instant: now, body: self.body(mark, seed))
                        }
                        let parcel = Parcel(epoch: epoch, first: number, readings: readings, wasSent: wasSent)
                        if wasSent {
                            for key in self.keys(parcel) { boundaries[key] = parcel.range }
                        }
                        parcels.append(parcel)
                        number += UInt64(size)
                        left -= size
                    }
                    try log.append(parcels, at: now, offset: nil)
                case 5:
                    try log.sync()
                    for key in unsynced where !acknowledged.contains(key) { safe[key] = appended[key] }
                    unsynced = []
                case 6, 7:
                    guard let parcel = try log.takeParcel() else { continue }
                    self.check(parcel, appended: appended, boundaries: &boundaries, seed: seed)
                    for key in self.keys(parcel) {
                        #expect(came.insert(key).inserted, "seed \(seed): twice in one run")
                    }
                    taken.append(parcel)
                default:
                    guard let parcel = taken.randomElement(using: &random) else { continue }
                    taken.removeAll { $0.ticket == parcel.ticket }
                    try log.acknowledged(try #require(parcel.ticket))
                    for key in self.keys(parcel) {
                        acknowledged.insert(key)
                        safe[key] = nil
                    }
                }
            }
            if epoch % 2 == 0 {
                disk.losePower(&random)
            } else {
                // kill -9: the kernel has all that was written.
                for key in unsynced where !acknowledged.contains(key) { safe[key] = appended[key] }
            }
        }

        var log = try SpoolLog(disk, settings: settings, epoch: 100, boot: BootID(high: 9, low: 9))
        var came: Set<Key> = []
        while let parcel = try log.takeParcel() {
            self.check(parcel, appended: appended, boundaries: &boundaries, seed: seed)
            for key in self.keys(parcel) { #expect(came.insert(key).inserted, "seed \(seed): twice") }
            try log.acknowledged(try #require(parcel.ticket))
        }
        let lost = safe.keys.filter { !came.contains($0) }
        let example = lost.min { ($0.epoch, $0.number) < ($1.epoch, $1.number) }
        #expect(
            lost.count == 0,
            "seed \(seed): lost \(lost.count) of \(safe.count), such as \(String(describing: example))"
        )
        #expect(disk.names.isEmpty, "seed \(seed)")
    }

    /// In every third history long, so that a run has several files.
    private func body(_ mark: UInt8, _ seed: Int) -> [UInt8] {
        [UInt8](repeating: mark, count: seed % 3 == 0 ? 300 : 2)
    }

    private func keys(_ parcel: Parcel) -> [Key] {
        (parcel.first...parcel.last).map { Key(epoch: parcel.epoch, number: $0) }
    }

    private func check(
        _ parcel: Parcel,
        appended: [Key: UInt8],
        boundaries: inout [Key: ReadingRange],
        seed: Int
    ) {
        for (key, reading) in zip(self.keys(parcel), parcel.readings) {
            #expect(appended[key].map { self.body($0, seed) } == reading.body, "seed \(seed): torn or made up")
            // Only a power cut may have shortened it: then it is within what was sent before.
            let before = boundaries[key] ?? parcel.range
            #expect(before.first <= parcel.first && parcel.last <= before.last, "seed \(seed): \(parcel.range)")
            boundaries[key] = before
        }
    }
}
