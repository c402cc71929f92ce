/// Members with names, in order.
package struct StreamRecord: Sendable {
    /// The names.
    package let fields: StreamFields
    /// One value for each name.
    package var values: [StreamValue]

    /// A record without members.
    package static let empty = StreamRecord(StreamFields([]), [])

    /// A record; there must be one value for each name.
    package init(_ fields: StreamFields, _ values: [StreamValue]) {
        precondition(fields.names.count == values.count, "a record needs one value for each name")
        self.fields = fields
        self.values = values
    }

    /// A record of these members.
    package init(_ members: [(name: String, value: StreamValue)]) {
        self.init(StreamFields(members.map(\.name)), members.map(\.value))
    }

    /// The value of a name; `nil` when there is none.
    package subscript(name: String) -> StreamValue? {
        self.fields.place(of: name).map { self.values[$0] }
    }
}
