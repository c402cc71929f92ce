/// LeaveGroup of one member, as the coordinator takes and answers it.
package enum GroupLeave {
    /// Who leaves: a member id, or an instance id with an empty member id.
    package struct Member: Equatable, Sendable {
        /// The member's id; may be empty when `instanceID` is there.
        package var memberID: String
        /// Its `group.instance.id`.
        package var instanceID: String?

        /// One who leaves.
        package init(memberID: String, instanceID: String? = nil) {
            self.memberID = memberID
            self.instanceID = instanceID
        }
    }

    /// What each is answered with.
    package struct Outcome: Equatable, Sendable {
        /// Of the whole request, for the answers' first field.
        package var error: KafkaError
        /// Of each member, in the order of the request. Before LeaveGroup v3 the only member's error is the answer's.
        package var members: [KafkaError]
        /// What is to be done besides.
        package var actions: [GroupAction]
    }
}
