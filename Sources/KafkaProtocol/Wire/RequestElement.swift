/// What an array in a request holds.
package protocol RequestElement: Equatable, Sendable {
    /// Bytes of the smallest one, at any version; at least 1.
    static var bytesMin: Int { get }

    /// Reads one.
    init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError)
}

extension Int32: RequestElement {
    package static var bytesMin: Int { 4 }

    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self = try fields.integer()
    }
}

extension String: RequestElement {
    package static var bytesMin: Int { 2 }

    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self = try fields.string()
    }
}
