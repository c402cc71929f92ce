internal import TelemetryModel

/// The last readings of a series, for the window of an alert that opens now: a ring of ``capacity``, about 400 bytes.
struct RecentSamples: Equatable, Sendable {
    /// Readings kept. 24: enough to see what was normal; an alert takes up to 40 more after its beginning.
    static let capacity = 24

    private var ring: [AlertSample] = []
    private var next = 0

    mutating func append(_ sample: AlertSample) {
        guard self.ring.count == RecentSamples.capacity else { return self.ring.append(sample) }
        self.ring[self.next] = sample
        self.next = (self.next + 1) % RecentSamples.capacity
    }

    /// What is kept counts, and not where in the ring.
    static func == (left: RecentSamples, right: RecentSamples) -> Bool {
        left.inOrder == right.inOrder
    }

    /// Oldest first.
    var inOrder: [AlertSample] {
        Array(self.ring[self.next...] + self.ring[..<self.next])
    }
}

extension RecentSamples {
    func snapshot(into state: inout StateWriter) {
        AlertSample.write(self.inOrder, to: &state)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.ring = try AlertSample.read(atMost: RecentSamples.capacity, from: &state)
    }
}
