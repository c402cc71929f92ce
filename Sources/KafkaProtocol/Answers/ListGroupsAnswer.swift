package import NIOCore

/// The names of all groups. Source: contracts/kafka.md §3.
package struct ListGroupsAnswer: KafkaAnswer {
    /// A group.
    package struct Group: Equatable, Sendable {
        package var group: String
        package var protocolType: String

        /// A group.
        package init(group: String, protocolType: String) {
            self.group = group
            self.protocolType = protocolType
        }
    }

    package var error: KafkaError
    package var groups: [Group]

    /// An answer.
    package init(error: KafkaError = .noError, groups: [Group]) {
        self.error = error
        self.groups = groups
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        buffer.writeError(self.error)
        buffer.writeKafkaArray(self.groups) { buffer, group in
            buffer.writeKafkaString(group.group)
            buffer.writeKafkaString(group.protocolType)
        }
    }
}
