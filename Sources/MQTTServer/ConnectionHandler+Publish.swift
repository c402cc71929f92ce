import CoreMetrics
import EventLog
import HubProtocol
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import ReadingNumbers

extension ConnectionHandler {
    /// PUBLISH: telemetry is staged, messages of ordinary topics go to the broker, or into the log, or both.
    func receive(_ publish: PublishPacket) {
        if self.version == .v5, publish.qos != .atMostOnce, !self.countUnacknowledged() { return }
        if let last = self.lastTopic, publish.qos != .exactlyOnce, publish.properties == nil,
            last.isTopic(of: publish)
        {
            return self.stage(publish, last, last.properties, last.numbers)
        }
        guard let session else { return }
        guard publish.topic.readableBytes > 0, publish.properties?.topicAlias == nil else {
            return self.receiveAliased(publish, session)
        }
        self.receiveOther(publish, session)
    }

    /// Contract iothub-mqtt section 4: the record is staged; PUBACK follows when it is durable.
    private func stage(
        _ publish: PublishPacket,
        _ topic: TelemetryTopic,
        _ properties: EncodedHeaders,
        _ numbers: MessageNumbers?
    ) {
        guard let template else { return }
        let payloadBytes = publish.payload.readableBytes
        guard payloadBytes + topic.countedBytes <= self.endpoint.configuration.messageSizeMax else {
            return self.close(.messageTooLarge)
        }
        if self.run.hasAnswers { self.finishRun() }
        if let numbers, let lane = self.loop.numbers {
            guard self.closeReason == nil, let session else { return }
            switch lane.judge(numbers, of: session, on: self) {
            case .store: self.loop.stage(template, value: publish.payload, properties: properties)
            case .drop: break  // its acknowledgement takes its turn
            case .wait:
                self.held = HeldPublish(publish, topic: topic, properties: properties, numbers: numbers)
                return
            }
        } else {
            self.loop.stage(template, value: publish.payload, properties: properties)
        }
        if publish.qos == .atLeastOnce {
            self.loop.stagePacketID(publish.packetID)
            self.loop.tally.receivedQoS1 += 1
        } else {
            self.loop.tally.receivedQoS0 += 1
        }
        self.noteStaged(bytes: publish.countedBytes)
    }

    /// The device's numbers are this event loop's: goes on with the message that waits for them.
    func numbersGranted() {
        guard let held = exchange(&self.held, with: nil), self.closeReason == nil else { return }
        self.now = self.loop.uptime
        self.stage(held.publish, held.topic, held.properties, held.numbers)
        self.finishRun()
        self.resume()
    }

    /// False when the client has more open than it may. [MQTT-3.3.4-7]
    private func countUnacknowledged() -> Bool {
        self.unacknowledged += 1
        if self.unacknowledged <= Int(self.endpoint.configuration.receiveMaximum) { return true }
        self.close(.receiveMaximumExceeded)
        return false
    }

    private func receiveAliased(_ publish: PublishPacket, _ session: Session) {
        var publish = publish
        do throws(AliasFault) {
            publish.topic = try session.inboundAliases.topic(of: publish.topic, alias: publish.properties?.topicAlias)
        } catch {
            return self.close(error.reason == .topicAliasInvalid ? .topicAliasInvalid : .protocolError)
        }
        self.receiveOther(publish, session)
    }

    /// The hub's topics close the connection on what they do not take; all others are ordinary.
    private func receiveOther(_ publish: PublishPacket, _ session: Session) {
        if session.isRegistration { return self.receiveRegistration(publish, session) }
        let target = session.topics.map { topics in
            publish.topic.withUnsafeReadableBytes { topics.publishTarget(of: $0) }
        }
        switch target ?? .foreign {
        case .telemetry(let bagOffset):
            guard publish.qos != .exactlyOnce else { return self.close(.qosNotSupported) }
            guard let topic = self.telemetryTopic(of: publish, bagOffset: bagOffset, session) else { return }
            let properties = publish.properties.map { topic.properties(with: $0) } ?? topic.properties
            let numbers = publish.properties.map { topic.numbers(with: $0) } ?? topic.numbers
            self.stage(publish, topic, properties, numbers)
        case .request(let request): self.receive(request, publish, session)
        case .foreign: self.receiveOrdinary(publish, session)
        }
    }

    /// The topic with its properties, read only when it is not the one before; `nil` when it closed the connection.
    private func telemetryTopic(of publish: PublishPacket, bagOffset: Int, _ session: Session) -> TelemetryTopic? {
        if let last = self.lastTopic, last.isTopic(of: publish) { return last }
        do throws(HubSyntaxError) {
            let topic = try TelemetryTopic(topic: publish.topic, bagOffset: bagOffset, retain: publish.retain)
            self.lastTopic = topic
            return topic
        } catch {
            self.endpoint.logger.debug(
                "bad property bag",
                metadata: ["principal": "\(session.event.principal)", "error": "\(error)"]
            )
            self.close(.malformedProperties)
            return nil
        }
    }

    private func receiveOrdinary(_ publish: PublishPacket, _ session: Session) {
        let route = self.route(for: publish.topic, session)
        guard route.isAllowed else {
            // MQTT 3.1.1 has no answer that says so, and the hub closes. Contract iothub-mqtt section 4.
            if self.version == .v311 || session.isHubForm { return self.close(.topicNotAllowed) }
            return self.reject(publish, .notAuthorized)
        }
        if publish.properties?.payloadFormat == .text,
            String(validating: publish.payload.readableBytesView, as: UTF8.self) == nil
        {
            return self.reject(publish, .payloadFormatInvalid)
        }
        var isIngested = true
        var isBrokered = true
        switch publish.qos {
        case .atMostOnce: self.loop.tally.receivedQoS0 += 1
        case .atLeastOnce: self.loop.tally.receivedQoS1 += 1
        case .exactlyOnce:
            self.loop.tally.receivedQoS2 += 1
            switch session.attachment.receive(publish.packetID) {
            case .new: break
            case .again:
                isIngested = false  // [MQTT-4.3.3-10]
                isBrokered = false
                self.unacknowledged -= 1
            case .recovered:
                // Its telemetry may not have been synced when the process ended.
                isBrokered = false
            case .full: return self.close(.receiveMaximumExceeded)
            }
        }
        var index: Int32 = -1
        if isIngested, let rule = route.rule {
            self.loop.ingest(publish.payload, isRetained: publish.retain, by: rule)
        }
        if isBrokered {
            if let destination = route.route {
                index = self.loop.publish(publish, on: destination, from: session.attachment)
            } else if publish.qos == .exactlyOnce {
                session.attachment.accept(publish.packetID)
                self.loop.brokerNeedsTurn()
            }
        }
        self.owe(publish, .success, publishIndex: index)
    }

    /// Answers with a failure; a publish of QoS 0 is dropped. [MQTT-3.3.5-2]
    private func reject(_ publish: PublishPacket, _ reason: ReasonCode) {
        self.endpoint.metrics.refusedMessages.increment()
        self.owe(publish, reason, publishIndex: -1)
    }

    /// Takes the answer's place in the order of answers; it is written when the turn is durable.
    func owe(_ publish: PublishPacket, _ reason: ReasonCode, publishIndex: Int32) {
        if self.run.messages > 0, !self.run.hasAnswers { self.finishRun() }
        guard self.closeReason == nil else { return }
        self.run.hasAnswers = true
        if publish.qos != .atMostOnce {
            self.loop.stageAnswer(
                PackedAnswer(
                    packetID: publish.packetID,
                    kind: publish.qos == .atLeastOnce ? .puback : .pubrec,
                    reason: reason,
                    publishIndex: publishIndex
                )
            )
        }
        self.noteStaged(bytes: publish.countedBytes)
    }

    /// What the topic leads to; kept with the last ones.
    private func route(for topic: ByteBuffer, _ session: Session) -> PublishRoute {
        if let position = session.routes.firstIndex(where: { $0.topic == topic }) {
            let route = session.routes[position]
            if position > 0 { session.routes.swapAt(position, position - 1) }
            return route
        }
        let own = ByteBuffer(bytes: topic.readableBytesView)
        let isAllowed = session.permissions.allowsPublish(topic: own)
        let rule =
            isAllowed ? self.endpoint.ingesting?.rule(for: String(buffer: own), from: session.event.principal) : nil
        let route = PublishRoute(
            topic: own,
            isAllowed: isAllowed,
            rule: rule,
            route: isAllowed && rule?.isBrokered != false ? self.loop.broker.route(for: own) : nil
        )
        guard own.readableBytes <= TopicRoute.topicBytesKept else { return route }
        if session.routes.count >= Session.routesMax { session.routes.removeLast() }
        session.routes.insert(route, at: 0)
        return route
    }
}

extension PublishPacket {
    /// Bytes that count against windows and rates: topic, payload, and what the properties take in memory.
    fileprivate var countedBytes: Int {
        self.topic.readableBytes + self.payload.readableBytes + (self.properties?.memoryBytes ?? 0)
    }
}
