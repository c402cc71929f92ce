/// Described types of the protocol, by the number of their descriptor; the domain above it is 0.
///
/// Source: AMQP 1.0 parts 2, 3 and 5.
enum AMQPDescriptor: UInt64, CaseIterable {
    case open = 0x10
    case begin = 0x11
    case attach = 0x12
    case flow = 0x13
    case transfer = 0x14
    case disposition = 0x15
    case detach = 0x16
    case end = 0x17
    case close = 0x18
    case error = 0x1D
    case received = 0x23
    case accepted = 0x24
    case rejected = 0x25
    case released = 0x26
    case modified = 0x27
    case source = 0x28
    case target = 0x29
    case coordinator = 0x30
    case saslMechanisms = 0x40
    case saslInit = 0x41
    case saslChallenge = 0x42
    case saslResponse = 0x43
    case saslOutcome = 0x44
    case header = 0x70
    case deliveryAnnotations = 0x71
    case messageAnnotations = 0x72
    case properties = 0x73
    case applicationProperties = 0x74
    case data = 0x75
    case amqpSequence = 0x76
    case amqpValue = 0x77
    case footer = 0x78

    /// The symbolic descriptor, which may stand for the number.
    private var symbol: String {
        switch self {
        case .open: "amqp:open:list"
        case .begin: "amqp:begin:list"
        case .attach: "amqp:attach:list"
        case .flow: "amqp:flow:list"
        case .transfer: "amqp:transfer:list"
        case .disposition: "amqp:disposition:list"
        case .detach: "amqp:detach:list"
        case .end: "amqp:end:list"
        case .close: "amqp:close:list"
        case .error: "amqp:error:list"
        case .received: "amqp:received:list"
        case .accepted: "amqp:accepted:list"
        case .rejected: "amqp:rejected:list"
        case .released: "amqp:released:list"
        case .modified: "amqp:modified:list"
        case .source: "amqp:source:list"
        case .target: "amqp:target:list"
        case .coordinator: "amqp:coordinator:list"
        case .saslMechanisms: "amqp:sasl-mechanisms:list"
        case .saslInit: "amqp:sasl-init:list"
        case .saslChallenge: "amqp:sasl-challenge:list"
        case .saslResponse: "amqp:sasl-response:list"
        case .saslOutcome: "amqp:sasl-outcome:list"
        case .header: "amqp:header:list"
        case .deliveryAnnotations: "amqp:delivery-annotations:map"
        case .messageAnnotations: "amqp:message-annotations:map"
        case .properties: "amqp:properties:list"
        case .applicationProperties: "amqp:application-properties:map"
        case .data: "amqp:data:binary"
        case .amqpSequence: "amqp:amqp-sequence:list"
        case .amqpValue: "amqp:amqp-value:*"
        case .footer: "amqp:footer:map"
        }
    }

    private static let symbols = Dictionary(
        uniqueKeysWithValues: AMQPDescriptor.allCases.map { ($0.symbol, $0) }
    )

    /// Of a descriptor in either form; `nil` for any other.
    init?(_ descriptor: AMQPValue) {
        switch descriptor {
        case .ulong(let number): self.init(rawValue: number)
        case .symbol(let symbol):
            guard let known = AMQPDescriptor.symbols[symbol] else { return nil }
            self = known
        default: return nil
        }
    }

    /// The value with this descriptor, as a number.
    func describing(_ value: AMQPValue) -> AMQPValue {
        .described(descriptor: .ulong(self.rawValue), value: value)
    }

    /// The list with this descriptor; nulls at its end, which are as good as missing, are left out.
    func describing(fields: [AMQPValue]) -> AMQPValue {
        let count = (fields.lastIndex { $0 != .null } ?? -1) + 1
        return self.describing(.list(Array(fields.prefix(count))))
    }
}
