/// The source or target of a link, as far as we look at it; the value itself is kept to be mirrored.
struct AMQPTerminus: Equatable, Sendable {
    /// As received.
    var value: AMQPValue
    var address: String?
    var isDynamic = false
    /// A transaction coordinator instead of an address.
    var isCoordinator = false

    init(address: String, _ descriptor: AMQPDescriptor) {
        self.value = descriptor.describing(fields: [.string(address)])
        self.address = address
    }

    init?(_ value: AMQPValue, _ descriptor: AMQPDescriptor) throws(AMQPWireError) {
        guard value != .null else { return nil }
        self.value = value
        if case .described(let found, _) = value, AMQPDescriptor(found) == .coordinator {
            self.isCoordinator = true
            return
        }
        let fields = try AMQPFields(value, descriptor)
        self.address = try fields.string(0, "address")
        self.isDynamic = try fields.boolean(4, "dynamic") ?? false
    }
}
