package import NIOCore

/// Which groups are gone. Source: contracts/kafka.md §3.
package struct DeleteGroupsAnswer: KafkaAnswer {
    /// What became of one group.
    package struct Group: Equatable, Sendable {
        package var group: String
        package var error: KafkaError

        /// What became of one group.
        package init(group: String, error: KafkaError) {
            self.group = group
            self.error = error
        }
    }

    package var groups: [Group]

    /// An answer.
    package init(groups: [Group]) {
        self.groups = groups
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeThrottle()
        buffer.writeKafkaArray(self.groups) { buffer, group in
            buffer.writeKafkaString(group.group)
            buffer.writeError(group.error)
        }
    }
}
