/// Packet identifiers of one sender: 1 to 65535, none twice while in use. Spec: MQTT 3.1.1 §2.3.1.
package struct OutboundPacketIDs: Sendable {
    /// Identifiers in use at once; a slow receiver stops its sender here.
    package let limit: Int
    private var used = Set<UInt16>()
    private var last: UInt16 = 0

    /// A sender with nothing in flight.
    ///
    /// - Parameter limit: 1 to 65535.
    package init(limit: Int) {
        precondition((1...65_535).contains(limit), "a sender has 1 to 65535 packet identifiers")
        self.limit = limit
    }

    /// Identifiers in use.
    package var count: Int { self.used.count }

    /// An identifier that is not in use; `nil` at the limit. [MQTT-2.3.1-2]
    package mutating func take() -> UInt16? {
        guard self.used.count < self.limit else { return nil }
        repeat {
            self.last = self.last == .max ? 1 : self.last + 1
        } while !self.used.insert(self.last).inserted
        return self.last
    }

    /// Gives an identifier back; false when it was not in use: the peer acknowledged what it never got.
    package mutating func release(_ id: UInt16) -> Bool {
        self.used.remove(id) != nil
    }
}
