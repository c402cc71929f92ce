import MQTTCodec
import MQTTProtocol

/// A message of the flow's tests: known by its number.
struct TestMessage: FlowMessage, Equatable {
    var number: Int
    var qos: QoS = .atLeastOnce
    var fixedPacketID: UInt16?
    /// Whether the body can be read again, so that the flow need not keep it.
    var isStored = false
    var hasBody = true

    var needsBody: Bool { !self.hasBody }
    var byteCount: Int { self.hasBody ? 100 : 0 }

    func keptForResend() -> TestMessage {
        var kept = self
        if self.isStored { kept.hasBody = false }
        return kept
    }

    /// As read from the log.
    var loaded: TestMessage {
        var loaded = self
        loaded.hasBody = true
        return loaded
    }
}

/// Steps and answers in a form that can be compared and read.
extension OutboundFlow<TestMessage> {
    /// What ``next()`` says: `p1 #1`, `p1 #1 dup`, `r1`, `load #1 #2`, or nothing.
    mutating func nextText() -> String {
        switch self.next() {
        case .publish(let message, let packetID, let isDuplicate):
            "p\(packetID) #\(message.number)" + (isDuplicate ? " dup" : "")
        case .release(let packetID): "r\(packetID)"
        case .needsBody(let messages, _): "load " + messages.map { "#\($0.number)" }.joined(separator: " ")
        case nil: ""
        }
    }

    /// All that can be written now.
    mutating func allText() -> [String] {
        var all: [String] = []
        while true {
            let text = self.nextText()
            if text.isEmpty { return all }
            all.append(text)
        }
    }
}

extension OutboundFlow<TestMessage>.Answer {
    /// `settled #1`, `record 1`, `release 1`, `release 1 146`, `violation`, or nothing.
    var text: String {
        switch self {
        case .settled(let message): "settled #\(message.number)"
        case .recordThenRelease(let packetID): "record \(packetID)"
        case .release(let packetID, .success): "release \(packetID)"
        case .release(let packetID, let reason): "release \(packetID) \(reason.rawValue)"
        case .violation: "violation"
        case .none: ""
        }
    }
}
