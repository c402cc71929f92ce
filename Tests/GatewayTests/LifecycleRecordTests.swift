import EventLog
import MQTTCodec
import MQTTServer
import ReadingNumbers
import TelemetryModel
import Testing

@testable import Gateway

@Suite("Records of topic lifecycle, contract iothub-rest section 10")
struct LifecycleRecordTests {
    private static let noon = Timestamp(milliseconds: 1_795_262_400_000)

    private func connection(of principal: Principal, version: MQTTVersion = .v5) -> ConnectionEvent {
        ConnectionEvent(
            connectionID: 1,
            principal: principal,
            clientID: "c1",
            version: version,
            transport: .tls,
            remoteAddress: "192.0.2.1:49152",
            isTLS: true,
            cleanSession: true,
            keepAliveSeconds: 60,
            openedAt: Self.noon,
            attributes: ["authScope": "device"]
        )
    }

    /// Key, headers by name, and body of an event's record.
    private func record(_ event: LifecycleEvent) -> (key: String?, headers: [String: String], body: String) {
        let entry = LifecycleBacklog.Entry(event: event, time: Self.noon, sequence: 0xABC)
        let record = LifecycleRecord.make(entry, hubName: "hub")
        let headers = record.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
        return (
            record.key.map { String(decoding: $0, as: UTF8.self) },
            Dictionary(uniqueKeysWithValues: headers),
            String(decoding: record.value, as: UTF8.self)
        )
    }

    private static let sequence = String(repeating: "0", count: 61) + "ABC"

    @Test("a module's connect has the hub's form")
    func connected() throws {
        let id = try #require(IdentityID(device: "dev1", module: "mod1"))
        let record = self.record(.opened(self.connection(of: .identity(id), version: .v311)))
        #expect(record.key == "dev1/mod1")
        #expect(
            record.headers == [
                "content-type": "application/json", "content-encoding": "utf-8",
                "iothub-message-source": "deviceConnectionStateEvents",
                "iothub-message-schema": "deviceConnectionStateNotification", "opType": "deviceConnected",
                "operationTimestamp": "2026-11-21T12:00:00.000Z", "hubName": "hub", "deviceId": "dev1",
                "moduleId": "mod1",
            ]
        )
        #expect(
            record.body == #"{"sequenceNumber":"\#(Self.sequence)","clientId":"c1","remoteAddress":"192.0.2.1:49152","#
                + #""transport":"tls","tls":true,"protocol":"MQTT 3.1.1","cleanStart":true,"keepAliveSeconds":60,"#
                + #""authScope":"device"}"#
        )
    }

    @Test("a disconnect says why, with its reason code and what was dropped")
    func disconnected() throws {
        let id = try #require(IdentityID(device: "dev1"))
        let end = ConnectionEnd(reason: .keepAliveTimeout, reasonCode: .keepAliveTimeout, droppedMessages: 3)
        let record = self.record(.closed(self.connection(of: .identity(id)), end))
        #expect(record.headers["opType"] == "deviceDisconnected")
        #expect(record.headers["moduleId"] == nil)
        let reason = CloseReason.keepAliveTimeout.rawValue
        #expect(
            record.body.hasSuffix(#""reason":"\#(reason)","reasonCode":141,"droppedMessages":3}"#),
            "\(record.body)"
        )
    }

    @Test("an application's records name it and are no device's")
    func application() {
        let record = self.record(.opened(self.connection(of: .application("grafana"))))
        #expect(record.key == "application grafana")
        #expect(record.headers["opType"] == "applicationConnected")
        #expect(record.headers["applicationName"] == "grafana")
        #expect(record.headers["deviceId"] == nil)
        #expect(record.headers["iothub-message-source"] == "weirConnectionEvents")
    }

    @Test("a refusal has no key: what it claims is not proven, and no longer than 256 characters")
    func refused() {
        let refusal = ConnectionRefusal(
            clientID: String(repeating: "x", count: 60_000),
            remoteAddress: "192.0.2.7:51000",
            isTLS: false,
            transport: .webSocket,
            code: .notAuthorized,
            reason: "the token has expired"
        )
        let record = self.record(.refused(refusal))
        #expect(record.key == nil)
        #expect(record.headers["opType"] == "connectionRefused")
        #expect(record.body.count < 600)
        #expect(
            record.body.hasSuffix(#""tls":false,"reason":"the token has expired","reasonCode":135}"#),
            "\(record.body)"
        )
    }

    @Test("a count of refusals, and a queue that is full")
    func others() throws {
        let more = self.record(.moreRefused(5_321))
        #expect(more.headers["opType"] == "connectionsRefused" && more.body.hasSuffix(#""count":5321}"#))
        let id = try #require(IdentityID(device: "dev1"))
        let full = self.record(.queueFull(.identity(id), clientID: "c1"))
        #expect(full.key == "dev1" && full.headers["opType"] == "sessionQueueFull")
        #expect(full.headers["deviceId"] == "dev1" && full.body.hasSuffix(#""clientId":"c1"}"#))
    }

    @Test("a gap among a module's numbered readings, our own kind")
    func gap() throws {
        let span = try #require(ReadingSpan(epoch: 7, first: 50, last: 59))
        let record = self.record(.gap(ReadingGap(device: "dev1/mod1", span: span, reason: .missing)))
        #expect(record.key == "dev1/mod1")
        #expect(
            record.headers == [
                "content-type": "application/json", "content-encoding": "utf-8",
                "iothub-message-source": "weirReadingEvents", "iothub-message-schema": "weirReadingNotification",
                "opType": "readingGap", "operationTimestamp": "2026-11-21T12:00:00.000Z", "hubName": "hub",
                "deviceId": "dev1", "moduleId": "mod1",
            ]
        )
        #expect(
            record.body == #"{"sequenceNumber":"\#(Self.sequence)","event":"gap","epoch":7,"first":50,"last":59,"#
                + #""reason":"missing"}"#
        )
    }
}
