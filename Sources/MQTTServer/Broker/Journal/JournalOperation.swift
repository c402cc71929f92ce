/// What happened to messages and identifiers of persistent sessions: many of them packed into one record without key
/// and headers.
///
/// ```
/// version u8 = 1 │ then each: kind u8 │ session │ sequence │ [packet id u16]
/// ```
/// Each names the sequence it is about, so none means another thing when a copy of its message, or of itself, stands
/// behind it: the cleaner appends both again.
enum JournalOperation: Equatable {
    /// The session needs the message no more: acknowledged, expired or dropped; for QoS 2 the whole exchange is over.
    case settled(session: Int64, sequence: UInt64)
    /// The client's PUBREC came: from now on only PUBREL is sent. [MQTT-4.3.3-4]
    case received(session: Int64, sequence: UInt64, packetID: UInt16)
    /// The identifier of a QoS 2 publish is held, though no message of the journal says so.
    case accepted(session: Int64, sequence: UInt64, packetID: UInt16)
    /// PUBREL came: the identifiers held with this sequence or a lower one are free. [MQTT-4.3.3-11]
    case released(session: Int64, sequence: UInt64, packetID: UInt16)
    /// A retained message or a delayed Will is over, and nothing behind it in the journal says so.
    case ended(sequence: UInt64)
    /// The session's client is back, and is sent what was routed up to this sequence while it was away.
    case resumed(session: Int64, sequence: UInt64)

    private static let version: UInt8 = 1

    /// The value of a record with these operations.
    static func bytes(_ operations: [JournalOperation]) -> [UInt8] {
        var writer = PackedWriter()
        writer.write(JournalOperation.version)
        for operation in operations { operation.write(to: &writer) }
        return writer.bytes
    }

    /// The operations of a record; `nil` when it is not one of version 1.
    static func operations(_ bytes: [UInt8]) -> [JournalOperation]? {
        var reader = PackedReader(bytes)
        guard reader.byte() == JournalOperation.version else { return nil }
        var operations: [JournalOperation] = []
        while !reader.isAtEnd {
            guard let operation = JournalOperation(&reader) else { return nil }
            operations.append(operation)
        }
        return operations
    }

    private func write(to writer: inout PackedWriter) {
        func write(_ kind: UInt8, _ session: Int64, _ sequence: UInt64, _ packetID: UInt16? = nil) {
            writer.write(kind)
            writer.write(packed: session)
            writer.write(packed: sequence)
            if let packetID { writer.write(packetID: packetID) }
        }
        switch self {
        case .settled(let session, let sequence): write(1, session, sequence)
        case .received(let session, let sequence, let packetID): write(2, session, sequence, packetID)
        case .accepted(let session, let sequence, let packetID): write(3, session, sequence, packetID)
        case .released(let session, let sequence, let packetID): write(4, session, sequence, packetID)
        case .ended(let sequence): write(5, 0, sequence)
        case .resumed(let session, let sequence): write(6, session, sequence)
        }
    }

    private init?(_ reader: inout PackedReader) {
        guard let kind = reader.byte(), let session = reader.packedSigned(), let sequence = reader.packed() else {
            return nil
        }
        switch kind {
        case 1:
            self = .settled(session: session, sequence: sequence)
        case 2, 3, 4:
            guard let packetID = reader.packetID() else { return nil }
            self =
                switch kind {
                case 2: .received(session: session, sequence: sequence, packetID: packetID)
                case 3: .accepted(session: session, sequence: sequence, packetID: packetID)
                default: .released(session: session, sequence: sequence, packetID: packetID)
                }
        case 5 where session == 0:
            self = .ended(sequence: sequence)
        case 6:
            self = .resumed(session: session, sequence: sequence)
        default:
            return nil
        }
    }
}
