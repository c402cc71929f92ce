/// Who a connection belongs to, once it has proved it.
package struct KafkaPrincipal: Equatable, Sendable {
    /// The policy's or the application's name, for logs.
    package var name: String
    /// What it may do.
    package var rights: KafkaRights
    /// The only topic it may use, from `EntityPath`; `nil` for all.
    package var entityPath: String?

    /// A principal of these parts.
    package init(name: String, rights: KafkaRights, entityPath: String? = nil) {
        self.name = name
        self.rights = rights
        self.entityPath = entityPath
    }
}
