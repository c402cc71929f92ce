/// The names of a record's members; made once and shared by all records of the same shape.
package final class StreamFields: Sendable {
    /// In the order of the values; of a name that stands twice the first counts.
    package let names: [String]

    /// Up to so many names are looked for from the first to the last.
    private static let scanMax = 12
    /// Where each name stands; empty for few names.
    private let places: [[UInt8]: Int]

    /// Names of members.
    package init(_ names: [String]) {
        self.names = names
        var places: [[UInt8]: Int] = [:]
        if names.count > StreamFields.scanMax {
            places.reserveCapacity(names.count)
            for (place, name) in names.enumerated() where places[Array(name.utf8)] == nil {
                places[Array(name.utf8)] = place
            }
        }
        self.places = places
    }

    /// Where a name stands; `nil` when it is not there. Names are the same when their bytes are.
    package func place(of name: String) -> Int? {
        if self.names.count > StreamFields.scanMax { return self.places[Array(name.utf8)] }
        return self.names.firstIndex { StreamText.areSame($0, name) }
    }
}
