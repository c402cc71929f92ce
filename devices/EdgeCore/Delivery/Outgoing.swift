/// A message to be published: a parcel and what is told with it.
package struct Outgoing: Equatable, Sendable {
    package var parcel: Parcel
    /// Readings given up that the gateway is to be told of.
    package var dropped: [ReadingRange]

    package init(parcel: Parcel, dropped: [ReadingRange] = []) {
        self.parcel = parcel
        self.dropped = dropped
    }
}
