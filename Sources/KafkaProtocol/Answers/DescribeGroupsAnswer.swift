package import NIOCore

/// Members and state of groups. Source: contracts/kafka.md §3, §8.
package struct DescribeGroupsAnswer: KafkaAnswer {
    /// A group.
    package struct Group: Equatable, Sendable {
        package var error: KafkaError
        package var group: String
        /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Dead`; empty with an error.
        package var state: String
        package var protocolType: String
        /// The way of sharing chosen; empty unless stable.
        package var protocolName: String
        package var members: [Member]

        /// A group; the defaults are those of an error.
        package init(
            error: KafkaError,
            group: String,
            state: String = "",
            protocolType: String = "",
            protocolName: String = "",
            members: [Member] = []
        ) {
            self.error = error
            self.group = group
            self.state = state
            self.protocolType = protocolType
            self.protocolName = protocolName
            self.members = members
        }
    }

    /// A member.
    package struct Member: Equatable, Sendable {
        package var memberID: String
        /// Version 4.
        package var instanceID: String?
        package var clientID: String
        /// As Kafka writes it: `/127.0.0.1`.
        package var clientHost: String
        package var metadata: ByteBuffer
        package var assignment: ByteBuffer

        /// A member.
        package init(
            memberID: String,
            instanceID: String? = nil,
            clientID: String,
            clientHost: String,
            metadata: ByteBuffer,
            assignment: ByteBuffer
        ) {
            self.memberID = memberID
            self.instanceID = instanceID
            self.clientID = clientID
            self.clientHost = clientHost
            self.metadata = metadata
            self.assignment = assignment
        }
    }

    package var groups: [Group]

    /// An answer.
    package init(groups: [Group]) {
        self.groups = groups
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        buffer.writeKafkaArray(self.groups) { buffer, group in
            buffer.writeError(group.error)
            buffer.writeKafkaString(group.group)
            buffer.writeKafkaString(group.state)
            buffer.writeKafkaString(group.protocolType)
            buffer.writeKafkaString(group.protocolName)
            buffer.writeKafkaArray(group.members) { buffer, member in
                buffer.writeKafkaString(member.memberID)
                if version >= 4 { buffer.writeKafkaString(member.instanceID) }
                buffer.writeKafkaString(member.clientID)
                buffer.writeKafkaString(member.clientHost)
                buffer.writeKafkaBytes(member.metadata)
                buffer.writeKafkaBytes(member.assignment)
            }
            if version >= 3 { buffer.writeInteger(MetadataAnswer.operationsNotTold) }
        }
    }
}
