/// One input of a ``SelectPlan`` and where its values go.
package struct InputPlan: Sendable {
    /// How the input comes into a row.
    package enum Role: Sendable {
        /// `FROM`.
        case main
        /// `JOIN` with another stream.
        case streamJoin(StreamJoinPlan)
        /// `JOIN` with the registry or a file.
        case referenceJoin(ReferenceJoinPlan)
        /// `CROSS APPLY` or `OUTER APPLY`: a row for each element.
        case apply(ApplyPlan)
    }

    /// Where events come from.
    package var source: InputSource
    /// The name in the query.
    package var alias: String
    /// How it comes into a row.
    package var role: Role
    /// `TIMESTAMP BY`, over a row in which only this input's slots are filled; `nil`: the record's enqueue time, or the
    /// step's result time. A value that is no instant is a fault of the row.
    package var timestamp: InstantExpression?
    /// `false` when ``timestamp`` is nothing but a slot that no other expression reads: then the instant may be read straight
    /// from the payload, and the slot stay `NULL`.
    package var isTimestampReadElsewhere = true
    /// `TIMESTAMP BY … OVER`: each value of the keys has its own watermark; over the same row as ``timestamp``.
    package var overKeys: [CompiledExpression]
    /// What the query reads of an event, without repeats.
    package var reads: [InputRead]
    /// ``reads`` go into this slot of the row and the following ones.
    package var firstSlot: Int

    /// The paths a scanner must extract, and the slot of each; what is not a path of the payload is left out.
    package var paths: [(path: InputRead, slot: Int)] {
        self.reads.enumerated().compactMap { index, read in
            switch read {
            case .path, .pathElseDevice: (read, self.firstSlot + index)
            case .column, .whole, .metadata: nil
            }
        }
    }
}
