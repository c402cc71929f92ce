/// What a list of properties belongs to: a packet, or the Will inside CONNECT.
enum PropertyOwner: UInt8, CaseIterable {
    /// Type 0 is no packet's.
    case will = 0
    case connect = 1
    case connack = 2
    case publish = 3
    case puback = 4
    case pubrec = 5
    case pubrel = 6
    case pubcomp = 7
    case subscribe = 8
    case suback = 9
    case unsubscribe = 10
    case unsuback = 11
    case disconnect = 14
    case auth = 15

    /// Owners, one bit each.
    struct Set: OptionSet {
        static let will = Set(.will)
        static let connect = Set(.connect)
        static let connack = Set(.connack)
        static let publish = Set(.publish)
        static let puback = Set(.puback)
        static let pubrec = Set(.pubrec)
        static let pubrel = Set(.pubrel)
        static let pubcomp = Set(.pubcomp)
        static let subscribe = Set(.subscribe)
        static let suback = Set(.suback)
        static let unsubscribe = Set(.unsubscribe)
        static let unsuback = Set(.unsuback)
        static let disconnect = Set(.disconnect)
        static let auth = Set(.auth)
        static let all = Set(rawValue: .max)

        var rawValue: UInt16

        init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        init(_ owner: PropertyOwner) {
            self.rawValue = 1 << UInt16(owner.rawValue)
        }
    }
}
