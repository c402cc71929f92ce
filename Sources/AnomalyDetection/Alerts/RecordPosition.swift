/// Where a record is in its topic.
package struct RecordPosition: Equatable, Sendable {
    package var partition: Int
    package var offset: Int64

    package init(partition: Int, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}
