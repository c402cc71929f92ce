/// Heartbeat (12): a member is alive. Source: contracts/kafka.md §3, §8.
package struct HeartbeatRequest: KafkaRequest {
    package static let key = APIKey.heartbeat

    package var group: String
    package var generation: Int32
    package var memberID: String
    /// Version 3.
    package var instanceID: String?
}

extension HeartbeatRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.generation = try fields.integer()
        self.memberID = try fields.string()
        self.instanceID = version >= 3 ? try fields.nullableString() : nil
    }
}
