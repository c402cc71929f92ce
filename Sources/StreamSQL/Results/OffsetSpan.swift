/// The records of one partition that a result was made of: the first and the last of them; others lie between.
package struct OffsetSpan: Hashable, Sendable {
    /// The topic's place in ``QueryPlan/topics``.
    package var input: Int32
    package var partition: Int32
    package var first: Int64
    package var last: Int64

    package init(input: Int32, partition: Int32, first: Int64, last: Int64) {
        self.input = input
        self.partition = partition
        self.first = first
        self.last = last
    }

    /// A span of one record.
    package init(input: Int32, partition: Int32, offset: Int64) {
        self.init(input: input, partition: partition, first: offset, last: offset)
    }
}
