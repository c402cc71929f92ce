/// What an acknowledgement may say beside its reason code: PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
///
/// Spec: MQTT 5.0 §3.4.2.2, §3.5.2.2, §3.6.2.2, §3.7.2.2, §3.9.2.1, §3.11.2.1.
package struct AnswerProperties: Equatable, Sendable {
    /// For people and logs; not to be parsed.
    package var reasonString: String?
    package var userProperties: [UserProperty]

    /// Properties; with none of them prefer `nil` to an empty value.
    package init(reasonString: String? = nil, userProperties: [UserProperty] = []) {
        self.reasonString = reasonString
        self.userProperties = userProperties
    }

    init?(_ fields: inout PacketFields, owner: PropertyOwner) throws(PacketError) {
        self.init()
        guard var section = try PropertySection(&fields, owner: owner) else { return nil }
        while let id = try section.next() {
            switch id {
            case .reasonString: self.reasonString = try section.string()
            case .userProperty: self.userProperties.append(try section.pair())
            default: throw section.notAllowed(id)
            }
        }
    }

    func write(to writer: inout PropertyWriter) throws(PacketError) {
        if let reasonString { try writer.write(.reasonString, string: reasonString) }
        try writer.write(self.userProperties)
    }
}
