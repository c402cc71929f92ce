import MQTTCodec
import NIOCore
import TelemetryModel

/// What the journal says of a message beside topic (the record's key) and payload (its value): the record's one header.
///
/// ```
/// version u8 = 1 │ flags u8 │ sequence │ [expiry ms] │ [from: session, packet id u16] │ [Will: time, session]
/// │ [properties: length, bytes] │ recipients: count, then each
///      session │ flags u8: QoS, retained, has packet id, has ids, was away │ [packet id u16] │ [ids: count, each]
/// flags: bit 0–1 QoS │ 2 sets the retained message │ 3 RETAIN as published │ 4 Will │ 5 expiry │ 6 from │ 7 properties
/// time of a Will: 2³² and more = due at so many ms │ less = its connection is open, so many seconds of delay follow its end
/// ```
/// Numbers without a width are packed, ``PackedWriter``.
struct JournalMessage: Equatable {
    /// A persistent session that the message waits for.
    struct Recipient: Equatable {
        var session: Int64
        /// Of the delivery, 1 or 2.
        var qos: QoS
        /// The RETAIN flag of the delivery.
        var isRetained = false
        /// Chosen when it was routed, so that a crash cannot change it; 0 with QoS 1.
        var packetID: UInt16 = 0
        var subscriptionIDs: [UInt32] = []
        /// Whether it cannot have been sent unless ``JournalOperation/resumed(session:sequence:)`` says so; known of QoS 2
        /// messages with an expiry.
        var wasAway = false
    }

    /// The QoS 2 publish that brought the message: its identifier is held until PUBREL.
    struct Origin: Equatable {
        var session: Int64
        var packetID: UInt16
    }

    /// A Will that waits for the end of its connection, or for its delay.
    struct Will: Equatable {
        /// When it is published.
        var time: WillTime
        /// Whose: a delay ends when the session is resumed before, and nothing is published; 0: none outlives the connection.
        var session: Int64
    }

    /// The header's name.
    static let headerName = "m"
    private static let version: UInt8 = 1

    /// Unique in the journal and kept when the cleaner appends the record again; also the order of messages.
    var sequence: UInt64
    /// As published.
    var qos: QoS
    /// Whether it is its topic's retained message, or with an empty payload ends one.
    var setsRetained = false
    /// The RETAIN flag as published.
    var retain = false
    var expiresAt: Timestamp?
    var origin: Origin?
    var will: Will?
    /// ``PublishProperties/forwardedBytes()``.
    var properties: [UInt8] = []
    var recipients: [Recipient] = []

    init(sequence: UInt64, qos: QoS) {
        self.sequence = sequence
        self.qos = qos
    }

    /// The header's value.
    var bytes: [UInt8] {
        var writer = PackedWriter()
        writer.write(JournalMessage.version)
        writer.write(self.flags)
        writer.write(packed: self.sequence)
        if let expiresAt { writer.write(packed: max(expiresAt.milliseconds, 0)) }
        if let origin {
            writer.write(packed: origin.session)
            writer.write(packetID: origin.packetID)
        }
        if let will {
            writer.write(packed: will.time.number)
            writer.write(packed: will.session)
        }
        if !self.properties.isEmpty { writer.write(counted: self.properties) }
        writer.write(packed: UInt64(self.recipients.count))
        for recipient in self.recipients { recipient.write(to: &writer) }
        return writer.bytes
    }

    /// Reads a header's value; `nil` when it is not one of version 1.
    init?(_ bytes: [UInt8]) {
        var reader = PackedReader(bytes)
        guard reader.byte() == JournalMessage.version, let flags = reader.byte(), let qos = QoS(rawValue: flags & 0b11),
            let sequence = reader.packed()
        else { return nil }
        self.init(sequence: sequence, qos: qos)
        self.setsRetained = flags & 0x04 != 0
        self.retain = flags & 0x08 != 0
        if flags & 0x20 != 0 {
            guard let milliseconds = reader.packedSigned() else { return nil }
            self.expiresAt = Timestamp(milliseconds: milliseconds)
        }
        if flags & 0x40 != 0 {
            guard let session = reader.packedSigned(), let packetID = reader.packetID() else { return nil }
            self.origin = Origin(session: session, packetID: packetID)
        }
        if flags & 0x10 != 0 {
            guard let number = reader.packedSigned(), let session = reader.packedSigned() else { return nil }
            self.will = Will(time: WillTime(number: number), session: session)
        }
        if flags & 0x80 != 0 {
            guard let properties = reader.counted() else { return nil }
            self.properties = Array(properties)
        }
        guard let count = reader.packed(), count <= UInt64(reader.left) else { return nil }
        for _ in 0..<count {
            guard let recipient = Recipient(&reader) else { return nil }
            self.recipients.append(recipient)
        }
        guard reader.isAtEnd else { return nil }
    }

    private var flags: UInt8 {
        self.qos.rawValue | (self.setsRetained ? 0x04 : 0) | (self.retain ? 0x08 : 0) | (self.will == nil ? 0 : 0x10)
            | (self.expiresAt == nil ? 0 : 0x20) | (self.origin == nil ? 0 : 0x40)
            | (self.properties.isEmpty ? 0 : 0x80)
    }
}

extension JournalMessage.Recipient {
    fileprivate func write(to writer: inout PackedWriter) {
        writer.write(packed: self.session)
        writer.write(
            self.qos.rawValue | (self.isRetained ? 0x04 : 0) | (self.packetID == 0 ? 0 : 0x08)
                | (self.subscriptionIDs.isEmpty ? 0 : 0x10) | (self.wasAway ? 0x20 : 0)
        )
        if self.packetID != 0 { writer.write(packetID: self.packetID) }
        guard !self.subscriptionIDs.isEmpty else { return }
        writer.write(packed: UInt64(self.subscriptionIDs.count))
        for id in self.subscriptionIDs { writer.write(packed: UInt64(id)) }
    }

    fileprivate init?(_ reader: inout PackedReader) {
        guard let session = reader.packedSigned(), let flags = reader.byte(), flags & 0xC0 == 0,
            let qos = QoS(rawValue: flags & 0b11), qos != .atMostOnce
        else { return nil }
        self.init(session: session, qos: qos, isRetained: flags & 0x04 != 0, wasAway: flags & 0x20 != 0)
        if flags & 0x08 != 0 {
            guard let packetID = reader.packetID(), packetID != 0 else { return nil }
            self.packetID = packetID
        }
        // A QoS 2 delivery without its identifier could become two.
        guard (self.packetID != 0) == (qos == .exactlyOnce) else { return nil }
        guard flags & 0x10 != 0 else { return }
        guard let count = reader.packed(), count > 0, count <= UInt64(reader.left) else { return nil }
        for _ in 0..<count {
            guard let id = reader.packed(), let id = UInt32(exactly: id) else { return nil }
            self.subscriptionIDs.append(id)
        }
    }
}
