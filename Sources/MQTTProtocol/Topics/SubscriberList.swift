/// The subscribers of one filter, each once: a plain list, with positions by subscriber once it is long.
struct SubscriberList<Subscriber: AnyObject> {
    private(set) var entries: ContiguousArray<SubscriberEntry<Subscriber>> = []
    /// Empty until the list is longer than ``scanMax``.
    private var positions: [ObjectIdentifier: Int] = [:]

    /// Up to here a scan is as fast as a look-up.
    private static var scanMax: Int { 32 }

    /// Adds or replaces the subscriber's entry; whether it is new.
    mutating func put(_ entry: SubscriberEntry<Subscriber>) -> Bool {
        if let position = self.position(of: entry.subscriber) {
            self.entries[position] = entry
            return false
        }
        self.entries.append(entry)
        if !self.positions.isEmpty {
            self.positions[ObjectIdentifier(entry.subscriber)] = self.entries.count - 1
        } else if self.entries.count > Self.scanMax {
            for (position, entry) in self.entries.enumerated() {
                self.positions[ObjectIdentifier(entry.subscriber)] = position
            }
        }
        return true
    }

    /// Takes the subscriber out; the last one moves to its place.
    mutating func remove(_ subscriber: Subscriber) -> Bool {
        guard let position = self.position(of: subscriber) else { return false }
        self.entries.swapAt(position, self.entries.count - 1)
        self.entries.removeLast()
        if !self.positions.isEmpty {
            self.positions[ObjectIdentifier(subscriber)] = nil
            if position < self.entries.count {
                self.positions[ObjectIdentifier(self.entries[position].subscriber)] = position
            }
        }
        return true
    }

    /// The subscriber's entry.
    func entry(of subscriber: Subscriber) -> SubscriberEntry<Subscriber>? {
        self.position(of: subscriber).map { self.entries[$0] }
    }

    private func position(of subscriber: Subscriber) -> Int? {
        if self.positions.isEmpty { return self.entries.firstIndex { $0.subscriber === subscriber } }
        return self.positions[ObjectIdentifier(subscriber)]
    }
}
