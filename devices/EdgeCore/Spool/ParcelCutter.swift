/// Joins the readings of a spool file to parcels: the same ones each time the file is read, whoever reads it.
///
/// The rules stand in ``SpoolFormat``. Give it one reading after the other; a parcel is complete when the next reading does
/// not join it, or the file ends.
package struct ParcelCutter: Sendable {
    private var first: UInt64 = 0
    private var wasSent = false
    private var bodyBytes = 0
    private var readings: [Reading] = []

    package init() {}

    package var isEmpty: Bool { self.readings.isEmpty }

    /// Whether a reading belongs to the parcel that is being made.
    package func joins(_ next: SpooledReading) -> Bool {
        guard let last = self.readings.last else { return true }
        let isAlike =
            !next.begins && next.wasSent == self.wasSent && next.reading.kind == last.kind
            && next.number == self.first + UInt64(self.readings.count) && self.readings.count < Parcel.readingsMax
        guard isAlike else { return false }
        return self.wasSent
            || (next.number % UInt64(Parcel.readingsMax) != 0
                && self.bodyBytes + next.reading.body.count <= SpoolFormat.parcelMaxBytes)
    }

    /// Adds a reading that joins.
    package mutating func add(_ next: SpooledReading) {
        precondition(self.joins(next), "a reading that belongs to another parcel")
        if self.readings.isEmpty {
            self.first = next.number
            self.wasSent = next.wasSent
        }
        self.bodyBytes += next.reading.body.count
        self.readings.append(next.reading)
    }

    /// The parcel, complete; `nil` without readings. The next reading begins another.
    package mutating func take(epoch: UInt32) -> Parcel? {
        guard !self.readings.isEmpty else { return nil }
        defer {
            self.readings = []
            self.bodyBytes = 0
        }
        return Parcel(epoch: epoch, first: self.first, readings: self.readings, wasSent: self.wasSent)
    }
}
