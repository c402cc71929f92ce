/// FindCoordinator (10): who keeps a group; always this node. Source: contracts/kafka.md §3.
package struct FindCoordinatorRequest: KafkaRequest {
    package static let key = APIKey.findCoordinator
    /// ``keyType`` of a group's coordinator.
    package static let group: Int8 = 0
    /// ``keyType`` of a transaction's coordinator, which we do not have.
    package static let transaction: Int8 = 1

    /// The group or transactional id.
    package var coordinatorKey: String
    /// Version 1 on, ``group`` below; as it came.
    package var keyType: Int8
}

extension FindCoordinatorRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.coordinatorKey = try fields.string()
        self.keyType = version >= 1 ? try fields.integer() : FindCoordinatorRequest.group
    }
}
