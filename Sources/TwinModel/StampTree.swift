internal import TelemetryJSON

/// The stamps of a value and of what is in it: of an object the children stand as its members do, other values have none.
struct StampTree: Sendable {
    var stamp: WriteStamp
    /// One for each member of an object, in the order of the members.
    var children: [StampTree] = []

    /// A tree for a value in which all was written at once.
    init(of value: JSONValue, writtenAt stamp: WriteStamp) {
        self.stamp = stamp
        if case .object(let object) = value {
            self.children = object.map { StampTree(of: $0.value, writtenAt: stamp) }
        }
    }

    /// A tree for a value, its stamps from a list in preorder.
    ///
    /// - Throws: ``StampsEnded`` when there are fewer stamps than values.
    init(of value: JSONValue, preorder stamps: inout ArraySlice<WriteStamp>) throws(StampsEnded) {
        guard let stamp = stamps.popFirst() else { throw StampsEnded() }
        self.stamp = stamp
        guard case .object(let object) = value else { return }
        self.children.reserveCapacity(object.count)
        for member in object { self.children.append(try StampTree(of: member.value, preorder: &stamps)) }
    }

    /// Appends all stamps in preorder.
    func append(to stamps: inout [WriteStamp]) {
        stamps.append(self.stamp)
        for child in self.children { child.append(to: &stamps) }
    }
}
