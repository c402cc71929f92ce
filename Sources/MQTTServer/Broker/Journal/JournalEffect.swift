/// What follows when an operation is durable.
enum JournalEffect {
    /// The client has a QoS 2 message: PUBREL goes out.
    case received(Attachment, packetID: UInt16, sequence: UInt64, JournalRecord?)
    /// A QoS 2 publish of the client is over: PUBCOMP goes out.
    case released(Attachment, packetID: UInt16, isKnown: Bool)
    /// An identifier of a QoS 2 delivery may be used again.
    case free(BrokerSession, UInt16)
    /// The Will is kept, and with a sequence it is known that the client may have what waited up to that: the connection
    /// begins.
    case attached(Attachment, sequence: UInt64?, WaitingAttach)
    /// Behind the copy of a retained message stands that it is over: the record that ended it is needed no more.
    case ended(by: JournalRecord)
    /// Messages of the gateway's own: who published them goes on.
    case published(OwnPublish)

    /// The connection that must not be gone before.
    var attachment: Attachment? {
        switch self {
        case .received(let attachment, _, _, _), .released(let attachment, _, _), .attached(let attachment, _, _):
            attachment
        case .free, .ended, .published: nil
        }
    }

    /// Whether it follows when the log is open again, for nothing else would bring it about.
    var isKept: Bool {
        switch self {
        case .ended, .free: true
        // The client's next connection begins the exchange again.
        case .received, .released, .attached: false
        // Who published them is told that they are lost.
        case .published: false
        }
    }

    /// What changes for all; under the broker's lock.
    func apply(to state: BrokerState) {
        switch self {
        case .received(let attachment, let packetID, let sequence, let record):
            attachment.session.releases[packetID] = sequence
            if let record { state.settle(record, attachment.session) }
        case .released, .published:
            break
        case .free(let session, let packetID):
            session.releases[packetID] = nil
            session.packetIDs.remove(packetID)
            state.noteRoom(session)
        case .attached(let attachment, let sequence, _):
            if let sequence { attachment.session.resumedSequence = sequence }
        case .ended(let record):
            record.isRetained = false
            state.release(record)
        }
    }

    /// What changes for the connection.
    func apply() {
        switch self {
        case .received(let attachment, let packetID, _, _): attachment.recorded(packetID)
        case .released(let attachment, let packetID, let isKnown):
            attachment.completed(packetID, isKnown: isKnown)
        case .attached(let attachment, _, let waiting): waiting.finish(.success(attachment))
        case .published(let publish): publish.finish(isDone: true)
        case .free, .ended: break
        }
    }

    /// The log failed.
    func undo() {
        switch self {
        case .attached(let attachment, _, let waiting):
            attachment.detach(publishesWill: false)
            waiting.finish(.failure(.closed))
        case .published(let publish): publish.finish(isDone: false)
        case .received, .released, .free, .ended: break
        }
    }
}
