import NIOCore
import SwiftProtobuf
import TelemetryModel

/// Reads one Sparkplug message of a node or a device.
///
/// Source: Sparkplug 3.0 sections 5 and 6.4.
struct SparkplugReader {
    let binding: IngestBinding
    let topic: SparkplugTopic
    let identity: IdentityID
    let arrival: Timestamp

    /// Metrics of one message.
    static let metricsMax = 16_384

    private var key: SparkplugState.Key {
        SparkplugState.Key(group: self.topic.group, node: self.topic.node)
    }

    func read(_ buffer: ByteBuffer, state: inout SparkplugState) -> IngestOutcome {
        let count = buffer.withUnsafeReadableBytes { SparkplugWire.metricCount($0.bindMemory(to: UInt8.self)) }
        guard let count else { return IngestOutcome(deadLetter: "the payload is no Sparkplug B message") }
        guard count <= SparkplugReader.metricsMax else {
            return IngestOutcome(
                deadLetter: "the message has \(count) metrics; at most \(SparkplugReader.metricsMax) are read"
            )
        }
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        options.messageDepthLimit = 4  // the payload and its metrics; nothing deeper is declared
        let payload: SparkplugPayload
        do {
            payload = try SparkplugPayload(serializedBytes: Array(buffer.readableBytesView), options: options)
        } catch {
            return IngestOutcome(deadLetter: "the payload is no Sparkplug B message: \(error)")
        }
        switch self.topic.type {
        case .nodeBirth: return self.nodeBirth(payload, &state)
        case .deviceBirth: return self.deviceBirth(payload, &state)
        case .nodeData, .deviceData: return self.data(payload, &state)
        case .nodeDeath: return self.nodeDeath(payload, &state)
        case .deviceDeath: return self.deviceDeath(payload, &state)
        case .nodeCommand, .deviceCommand, .state: return IngestOutcome()
        }
    }

    // MARK: The six messages

    private func nodeBirth(_ payload: SparkplugPayload, _ state: inout SparkplugState) -> IngestOutcome {
        var outcome = IngestOutcome()
        do throws(SparkplugState.Refusal) {
            try state.nodeBorn(
                self.key,
                certificate: SparkplugReader.certificate(payload),
                bdSeq: SparkplugReader.bdSeq(payload),
                sequence: payload.hasSeq ? UInt8(truncatingIfNeeded: payload.seq) : nil,
                at: self.arrival
            )
        } catch {
            outcome.deadLetter = "the birth certificate is not kept: \(error.reason)"
        }
        self.readBirth(payload, into: &outcome)
        return outcome
    }

    private func deviceBirth(_ payload: SparkplugPayload, _ state: inout SparkplugState) -> IngestOutcome {
        var outcome = IngestOutcome()
        self.checkSequence(payload, &outcome, &state)
        do throws(SparkplugState.Refusal) {
            try state.deviceBorn(
                self.key,
                device: self.topic.device ?? "",
                certificate: SparkplugReader.certificate(payload),
                at: self.arrival
            )
        } catch {
            outcome.deadLetter = "the birth certificate is not kept: \(error.reason)"
        }
        if state.node(self.key)?.certificate == nil { self.ask(&outcome, &state) }
        self.readBirth(payload, into: &outcome)
        return outcome
    }

    /// A birth carries the current value of every metric.
    private func readBirth(_ payload: SparkplugPayload, into outcome: inout IngestOutcome) {
        var writer = SparkplugRecordWriter(reader: self, payload: payload)
        for metric in payload.metrics {
            if metric.hasName, metric.hasDatatype || metric.isNull {
                writer.append(metric, named: metric.name, type: metric.datatype)
            } else {
                writer.refuse("a metric of a birth certificate has no name or no type")
            }
        }
        writer.appendPresence(true)
        writer.finish(into: &outcome)
    }

    private func data(_ payload: SparkplugPayload, _ state: inout SparkplugState) -> IngestOutcome {
        var outcome = IngestOutcome()
        self.checkSequence(payload, &outcome, &state)
        let certificate = state.certificate(self.key, device: self.topic.device)
        var writer = SparkplugRecordWriter(reader: self, payload: payload)
        var isBirthMissing = certificate == nil
        for metric in payload.metrics {
            let known = metric.hasAlias ? certificate?.byAlias[metric.alias] : certificate?.byName[metric.name]
            if let known {
                writer.append(metric, named: known.name, type: metric.hasDatatype ? metric.datatype : known.type)
            } else if metric.hasName, !metric.name.isEmpty, metric.hasDatatype {
                // It says all that a birth would; the birth is asked for all the same.
                isBirthMissing = true
                writer.append(metric, named: metric.name, type: metric.datatype)
            } else {
                isBirthMissing = true
                let what = metric.hasAlias ? "the alias \(metric.alias)" : "the metric “\(metric.name.prefix(128))”"
                writer.refuse("no birth certificate of \(self.identity) defines \(what)")
            }
        }
        if isBirthMissing { self.ask(&outcome, &state) }
        writer.finish(into: &outcome)
        return outcome
    }

    private func nodeDeath(_ payload: SparkplugPayload, _ state: inout SparkplugState) -> IngestOutcome {
        var outcome = IngestOutcome()
        guard let devices = state.nodeDied(self.key, bdSeq: SparkplugReader.bdSeq(payload)) else { return outcome }
        // All its devices are gone with it. [tck-id-operational-behavior-edge-node-…-ndeath]
        // Its payload was written at CONNECT, so its time says nothing.
        for device in [nil] + devices.map(Optional.some) {
            guard
                case .success(let identity) = IngestBinding.identity(
                    of: self.topic,
                    device: device,
                    rule: self.binding.rule
                )
            else { continue }
            let reader = SparkplugReader(
                binding: self.binding,
                topic: self.topic,
                identity: identity,
                arrival: self.arrival
            )
            var writer = SparkplugRecordWriter(reader: reader, payload: SparkplugPayload())
            writer.appendPresence(false)
            writer.finish(into: &outcome)
        }
        return outcome
    }

    private func deviceDeath(_ payload: SparkplugPayload, _ state: inout SparkplugState) -> IngestOutcome {
        var outcome = IngestOutcome()
        self.checkSequence(payload, &outcome, &state)
        state.deviceDied(self.key, device: self.topic.device ?? "")
        var writer = SparkplugRecordWriter(reader: self, payload: payload)
        writer.appendPresence(false)
        writer.finish(into: &outcome)
        return outcome
    }

    // MARK: Certificates and order

    private static func certificate(_ payload: SparkplugPayload) -> SparkplugNode.Certificate {
        var certificate = SparkplugNode.Certificate()
        for metric in payload.metrics where metric.hasName && metric.hasDatatype {
            let isUsable = metric.name.utf8.count <= IngestLimits.nameBytesMax
            let known = SparkplugNode.Metric(name: isUsable ? metric.name : nil, type: metric.datatype)
            if metric.hasAlias { certificate.byAlias[metric.alias] = known }
            if isUsable { certificate.byName[metric.name] = known }
        }
        certificate.count = max(certificate.byAlias.count, certificate.byName.count)
        return certificate
    }

    private static func bdSeq(_ payload: SparkplugPayload) -> UInt64? {
        guard let metric = payload.metrics.first(where: { $0.name == "bdSeq" }) else { return nil }
        switch metric.value {
        case .longValue(let number): return number
        case .intValue(let number): return UInt64(number)
        default: return nil
        }
    }

    private func checkSequence(
        _ payload: SparkplugPayload,
        _ outcome: inout IngestOutcome,
        _ state: inout SparkplugState
    ) {
        guard payload.hasSeq else { return }
        outcome.sequenceGap = state.received(UInt8(truncatingIfNeeded: payload.seq), of: self.key)
        // What was missed may have been a birth. One connection keeps its order, so there is nothing to wait for.
        // [tck-id-operational-behavior-host-reordering-rebirth]
        if outcome.sequenceGap > 0 { self.ask(&outcome, &state) }
    }

    private func ask(_ outcome: inout IngestOutcome, _ state: inout SparkplugState) {
        guard outcome.rebirth == nil, state.mayAsk(self.key, at: self.arrival) else { return }
        outcome.rebirth = RebirthRequest(group: self.topic.group, node: self.topic.node, at: self.arrival)
    }
}
