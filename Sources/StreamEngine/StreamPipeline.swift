internal import AnomalyDetection
internal import StreamSQL
internal import TelemetryJSON
package import TelemetryModel

/// What a stream does with each record, in log order: windows and spike detection per device and channel.
///
/// - Pure and deterministic: the same records give the same results, with checkpoints in between or without; the only clock is
///   the records' enqueue times.
/// - Event time is an object's `ts`. The enqueue time stands in when there is none, or when it is further ahead than
///   `earlyArrivalMax`.
/// - Windows take values by event time, detectors in the order of the log, whatever the clocks say.
/// - Bounded: `seriesMax` channels; the device that has been silent longest makes room, after its open windows were written.
package struct StreamPipeline {
    package private(set) var counts = StreamCounts()
    private let configuration: StreamConfiguration
    private var table = DeviceTable()
    private var scanner = TelemetryScanner()
    private var closed: [WindowResult] = []
    private var json = JSONWriter(capacity: 512)

    package init(_ configuration: StreamConfiguration) {
        self.configuration = configuration
    }

    package var deviceCount: Int { self.table.count }

    package var seriesCount: Int { self.table.seriesCount }

    /// Takes in the next record of the log.
    ///
    /// - Parameters:
    ///   - key: The record's key, the device's name.
    ///   - value: The payload.
    ///   - time: The enqueue time.
    ///   - partition: The record's partition.
    ///   - offset: The record's offset.
    ///   - results: Gets what it makes.
    package mutating func process(
        key: UnsafeBufferPointer<UInt8>?,
        value: UnsafeBufferPointer<UInt8>,
        at time: Timestamp,
        partition: Int,
        offset: Int64,
        results: inout [StreamResult]
    ) {
        self.counts.records += 1
        var writer = ResultWriter(partition: partition, offset: offset, results: exchange(&results, with: []))
        defer { results = writer.results }
        self.writeIdle(at: time, to: &writer)
        guard let key else {
            self.counts.ignored += 1
            return
        }
        do throws(JSONError) {
            try self.scanner.scan(value)
        } catch {
            self.refuse(error, key: key, value: value, to: &writer)
            return
        }
        guard !self.scanner.values.isEmpty else { return }
        let device = self.device(key, at: time)
        for index in self.scanner.readings.indices {
            self.take(self.scanner.readings[index], of: device, payload: value, enqueued: time, to: &writer)
        }
    }

    /// Counts records that cannot be read.
    package mutating func passOver(_ records: Int64) {
        self.counts.records += records
        self.counts.ignored += records
    }

    private mutating func device(_ key: UnsafeBufferPointer<UInt8>, at time: Timestamp) -> DeviceStreams {
        if let known = self.table.touch(key) {
            known.lastRecord = time
            return known
        }
        let device = DeviceStreams(name: Array(key), lastRecord: time)
        self.table.insert(device)
        return device
    }

    private mutating func take(
        _ reading: TelemetryReading,
        of device: DeviceStreams,
        payload: UnsafeBufferPointer<UInt8>,
        enqueued: Timestamp,
        to writer: inout ResultWriter
    ) {
        var time = reading.timestamp ?? enqueued
        if reading.isTimestampUnreadable || time - enqueued > self.configuration.earlyArrivalMax {
            self.counts.wrongClocks += 1
            time = enqueued
        }
        let slot = device.windows.received(at: time, settings: self.configuration.windows, closed: &self.closed)
        self.writeClosed(of: device, to: &writer)
        if slot == nil { self.counts.lateReadings += 1 }
        for index in reading.values {
            let value = self.scanner.values[index]
            guard
                let channel = self.channel(
                    value,
                    of: device,
                    hint: index - reading.values.lowerBound,
                    payload: payload,
                    to: &writer
                )
            else {
                self.counts.refusedValues += 1
                continue
            }
            self.counts.values += 1
            if let slot { device.windows.add(value.number, key: channel, to: slot) }
            let origin = AlertOrigin(partition: writer.partition, offset: writer.offset, ordinal: writer.ordinal)
            let verdict = device.observe(
                value.number,
                channel: channel,
                at: time,
                origin: origin,
                settings: self.configuration.spikes
            )
            guard verdict.isReport else { continue }
            if verdict.action == .open { self.counts.alerts += 1 }
            let alert = AlertRecord(
                device: device.name,
                channel: device.channels[channel].name,
                time: time,
                value: payload[value.text],
                verdict: verdict,
                topic: self.configuration.inputTopic,
                partition: writer.partition,
                offset: writer.offset
            )
            self.json.removeAll()
            alert.write(to: &self.json)
            writer.append(.alerts, key: device.name, value: self.json.bytes)
        }
    }

    /// The number of the value's channel, made when there is room; `nil` when there is none.
    @inline(__always)
    private mutating func channel(
        _ value: TelemetryValue,
        of device: DeviceStreams,
        hint: Int,
        payload: UnsafeBufferPointer<UInt8>,
        to writer: inout ResultWriter
    ) -> Int? {
        let known = self.scanner.withName(of: value, in: payload) { device.number(of: $0, hint: hint) }
        if let known { return known }
        guard device.channels.count < self.configuration.channelsPerDeviceMax else { return nil }
        while self.table.seriesCount >= self.configuration.seriesMax {
            guard let evicted = self.table.evict(keeping: device) else { return nil }
            self.counts.evictedDevices += 1
            self.writeOpen(of: evicted, to: &writer)
        }
        self.table.seriesCount += 1
        return self.scanner.withName(of: value, in: payload) { device.addChannel($0) }
    }

    private mutating func refuse(
        _ error: JSONError,
        key: UnsafeBufferPointer<UInt8>,
        value: UnsafeBufferPointer<UInt8>,
        to writer: inout ResultWriter
    ) {
        guard error.code != .notTelemetry else {
            self.counts.ignored += 1
            return
        }
        self.counts.deadLetters += 1
        writer.append(.deadLetter, key: Array(key), value: Array(value), reason: "not JSON: \(error)")
    }

    /// Writes the open windows of devices that have been silent for `idleTime`.
    @inline(__always)
    private mutating func writeIdle(at time: Timestamp, to writer: inout ResultWriter) {
        let limit = Timestamp(milliseconds: time.milliseconds &- self.configuration.idleTime.wholeMilliseconds)
        while let device = self.table.nextIdle(since: limit) { self.writeOpen(of: device, to: &writer) }
    }

    private mutating func writeOpen(of device: DeviceStreams, to writer: inout ResultWriter) {
        device.windows.emitOpen(settings: self.configuration.windows, into: &self.closed)
        self.writeClosed(of: device, to: &writer)
    }

    private mutating func writeClosed(of device: DeviceStreams, to writer: inout ResultWriter) {
        guard !self.closed.isEmpty else { return }
        for result in self.closed {
            self.json.removeAll()
            WindowRecord.write(result, device: device.name, channel: device.channels[result.key].name, to: &self.json)
            writer.append(.windows, key: device.name, value: self.json.bytes)
        }
        self.counts.windows += Int64(self.closed.count)
        self.closed.removeAll(keepingCapacity: true)
    }
}

extension StreamPipeline {
    package func write(to state: inout StateWriter) {
        self.table.write(to: &state)
    }

    /// A pipeline as it was, with the configuration it was written with.
    package init(_ configuration: StreamConfiguration, reading state: inout StateReader) throws(StateReader.Fault) {
        self.init(configuration)
        self.table = try DeviceTable(reading: &state)
    }
}

extension SpikeVerdict {
    /// Whether it is worth a record.
    fileprivate var isReport: Bool {
        switch self.action {
        case .learn, .hold: false
        case .open, .worsen, .clear: true
        }
    }
}
