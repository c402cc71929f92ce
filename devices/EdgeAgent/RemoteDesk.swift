package import EdgeCore
import Synchronization
package import TelemetryJSON

/// Where the uplink's thread and the control loop leave what they have for each other.
package final class RemoteDesk: Sendable {
    /// From the hub.
    package enum Incoming: Sendable {
        case desired(JSONObject, version: Int64)
        case call(DeviceConversation.Call)
    }

    /// An answer for the hub.
    package struct Answer: Sendable {
        package var call: DeviceConversation.Call
        package var status: Int
        package var payload: [UInt8]
    }

    private struct Contents {
        var incoming: [Incoming] = []
        var answers: [Answer] = []
        var reported: JSONObject?
        var connections = 0
        var acknowledgements = 0
    }

    private let contents = Mutex(Contents())
    /// Wakes the control loop.
    package let controlWake: WakeEvent
    /// Wakes the uplink.
    private let uplinkWake: WakeEvent

    package init(controlWake: WakeEvent, uplinkWake: WakeEvent) {
        self.controlWake = controlWake
        self.uplinkWake = uplinkWake
    }

    // MARK: The uplink's side

    /// Leaves something of the hub's. Bounded: calls by the conversation, desired properties by the newest of them.
    func leave(_ incoming: Incoming) {
        self.contents.withLock { contents in
            if case .desired = incoming {
                contents.incoming.removeAll { if case .desired = $0 { true } else { false } }
            }
            contents.incoming.append(incoming)
        }
        self.controlWake.signal()
    }

    /// Takes what goes to the hub.
    func takeOutgoing() -> (answers: [Answer], reported: JSONObject?) {
        self.contents.withLock { contents in
            defer {
                contents.answers = []
                contents.reported = nil
            }
            return (contents.answers, contents.reported)
        }
    }

    func countConnection() {
        self.contents.withLock { $0.connections += 1 }
    }

    func countAcknowledgement() {
        self.contents.withLock { $0.acknowledgements += 1 }
    }

    // MARK: The control loop's side

    func takeIncoming() -> [Incoming] {
        self.contents.withLock { contents in
            defer { contents.incoming = [] }
            return contents.incoming
        }
    }

    func answer(_ call: DeviceConversation.Call, status: Int, payload: [UInt8]) {
        self.contents.withLock { $0.answers.append(Answer(call: call, status: status, payload: payload)) }
        self.uplinkWake.signal()
    }

    func report(_ reported: JSONObject) {
        self.contents.withLock { $0.reported = reported }
        self.uplinkWake.signal()
    }

    /// Connections made since the start.
    var connections: Int { self.contents.withLock { $0.connections } }
    /// Messages acknowledged since the start.
    var acknowledgements: Int { self.contents.withLock { $0.acknowledgements } }
}
