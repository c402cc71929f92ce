import EventLog
import MQTTCodec
import MQTTServer
import ReadingNumbers
import TelemetryJSON
import TelemetryModel

/// The record of a lifecycle event.
///
/// | event | source | `opType` | key |
/// | --- | --- | --- | --- |
/// | a device connects, leaves | `deviceConnectionStateEvents` | `deviceConnected`, `deviceDisconnected` | its id |
/// | an application does | `weirConnectionEvents` | `applicationConnected`, `applicationDisconnected` | its name |
/// | who registers does | `weirConnectionEvents` | `registrationConnected`, `registrationDisconnected` | none |
/// | CONNECT refused | `weirConnectionEvents` | `connectionRefused`, `connectionsRefused` (a count) | none |
/// | a session's queue is full | `weirConnectionEvents` | `sessionQueueFull` | the principal |
/// | numbered readings are missing | `weirReadingEvents` | `readingGap` | the device's id |
///
/// Source: contract iothub-rest section 10 for devices and modules; the rest is Weir's own. What is the same on all of
/// a connection's records, such as authentication scope and generation, stands in the body of its first.
struct LifecycleRecord {
    private static let source = "weirConnectionEvents"
    private static let schema = "weirConnectionNotification"
    /// Characters of a client id that is shown before anybody proved to own it.
    private static let claimedIDMax = 256

    private let hubName: String
    private let entry: LifecycleBacklog.Entry
    private var json = JSONWriter()

    private init(_ entry: LifecycleBacklog.Entry, hubName: String) {
        self.entry = entry
        self.hubName = hubName
    }

    /// The record of an event.
    static func make(_ entry: LifecycleBacklog.Entry, hubName: String) -> NewRecord {
        var record = LifecycleRecord(entry, hubName: hubName)
        return record.made()
    }

    private mutating func made() -> NewRecord {
        let hex = String(self.entry.sequence, radix: 16, uppercase: true)
        self.json.beginObject()
        self.json.key("sequenceNumber")
        self.json.string(String(repeating: "0", count: 64 - hex.count) + hex)
        switch self.entry.event {
        case .opened(let connection):
            self.write(connection)
            self.json.key("cleanStart")
            self.json.bool(connection.cleanSession)
            self.json.key("keepAliveSeconds")
            self.json.number(Int(connection.keepAliveSeconds))
            for (name, value) in connection.attributes.sorted(by: { $0.key < $1.key }) {
                self.write(name, value)
            }
            let type = self.eventType(connection, "Connected")
            return self.record(of: connection.principal, deviceType: "deviceConnected", type)
        case .closed(let connection, let end):
            self.write(connection)
            self.write("reason", end.reason.rawValue)
            if let code = end.reasonCode { self.write(code) }
            if end.droppedMessages > 0 {
                self.json.key("droppedMessages")
                self.json.number(end.droppedMessages)
            }
            let type = self.eventType(connection, "Disconnected")
            return self.record(of: connection.principal, deviceType: "deviceDisconnected", type)
        case .refused(let refusal):
            self.write("clientId", String(refusal.clientID.prefix(LifecycleRecord.claimedIDMax)))
            self.write("remoteAddress", refusal.remoteAddress)
            self.write("transport", refusal.transport.rawValue)
            self.json.key("tls")
            self.json.bool(refusal.isTLS)
            self.write("reason", refusal.reason)
            self.write(refusal.code)
            return self.record(type: "connectionRefused", key: nil)
        case .moreRefused(let count):
            self.json.key("count")
            self.json.number(count)
            return self.record(type: "connectionsRefused", key: nil)
        case .queueFull(let principal, let clientID):
            self.write("clientId", clientID)
            return self.record(of: principal, deviceType: nil, "sessionQueueFull")
        case .gap(let gap):
            return self.record(of: gap)
        }
    }

    private func eventType(_ connection: ConnectionEvent, _ step: String) -> String {
        if case .registration = connection.principal { "registration\(step)" } else { "application\(step)" }
    }

    private mutating func record(of gap: ReadingGap) -> NewRecord {
        self.write("event", "gap")
        self.json.key("epoch")
        self.json.number(Int(gap.span.epoch))
        self.json.key("first")
        self.json.number(Int(gap.span.first))
        self.json.key("last")
        self.json.number(Int(gap.span.last))
        self.write("reason", gap.reason.name)
        let id = IdentityID(gap.device)
        return self.record(
            type: "readingGap",
            key: gap.device,
            owner: [("deviceId", id?.device ?? gap.device)] + (id?.module.map { [("moduleId", $0)] } ?? []),
            source: "weirReadingEvents",
            schema: "weirReadingNotification"
        )
    }

    private mutating func write(_ connection: ConnectionEvent) {
        self.write("clientId", connection.clientID)
        self.write("remoteAddress", connection.remoteAddress)
        self.write("transport", connection.transport.rawValue)
        self.json.key("tls")
        self.json.bool(connection.isTLS)
        self.write("protocol", connection.version.name)
    }

    private mutating func write(_ name: String, _ value: String) {
        self.json.key(name)
        self.json.string(value)
    }

    private mutating func write(_ code: ReasonCode) {
        self.json.key("reasonCode")
        self.json.number(Int(code.rawValue))
    }

    /// A record of somebody who is known; devices have a type of their own where the contract defines one.
    private mutating func record(of principal: Principal, deviceType: String?, _ type: String) -> NewRecord {
        switch principal {
        case .identity(let id):
            let owner = [("deviceId", id.device)] + (id.module.map { [("moduleId", $0)] } ?? [])
            guard let deviceType else { return self.record(type: type, key: principal.description, owner: owner) }
            return self.record(
                type: deviceType,
                key: principal.description,
                owner: owner,
                source: "deviceConnectionStateEvents",
                schema: "deviceConnectionStateNotification"
            )
        case .application(let name):
            return self.record(type: type, key: principal.description, owner: [("applicationName", name)])
        case .registration(let id):
            return self.record(type: type, key: nil, owner: [("registrationId", id)])
        }
    }

    private mutating func record(
        type: String,
        key: String?,
        owner: [(name: String, value: String)] = [],
        source: String = LifecycleRecord.source,
        schema: String = LifecycleRecord.schema
    ) -> NewRecord {
        self.json.endObject()
        let headers =
            [
                ("content-type", "application/json"), ("content-encoding", "utf-8"),
                ("iothub-message-source", source), ("iothub-message-schema", schema), ("opType", type),
                ("operationTimestamp", "\(self.entry.time)"), ("hubName", self.hubName),
            ] + owner
        return NewRecord(
            key: key.map { Array($0.utf8) },
            value: self.json.bytes,
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) }
        )
    }
}

extension MQTTVersion {
    /// `MQTT 3.1.1`, `MQTT 5.0`.
    fileprivate var name: String {
        switch self {
        case .v311: "MQTT 3.1.1"
        case .v5: "MQTT 5.0"
        }
    }
}
