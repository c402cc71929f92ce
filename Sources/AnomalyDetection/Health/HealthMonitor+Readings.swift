internal import TelemetryModel

extension HealthMonitor {
    /// Judges the readings of a record that is newer than all before.
    mutating func judge(
        _ record: HealthRecord,
        at time: Timestamp,
        arrival: Timestamp,
        into report: inout HealthReport
    ) {
        let climate = self.judgeClimate(record.readings, at: time)
        for reading in record.readings {
            guard self.model.channels.indices.contains(reading.channel), reading.value.isFinite else { continue }
            let model = self.model.channels[reading.channel]
            let context = ChannelHealth.Context(
                model: model,
                peers: reading.peers.flatMap { $0.isFinite ? HealthMonitor.bounded($0) : nil },
                temperature: model.kind.isBattery ? self.last(of: .temperature)?.value : nil,
                climate: model.kind == .temperature ? climate : nil,
                position: record.position,
                arrival: arrival
            )
            let place = self.place(of: reading.channel)
            let before = self.channels[place].alert.life.open
            let action = self.channels[place].observe(HealthMonitor.bounded(reading.value), at: time, context)
            report.score = max(report.score, self.channels[place].findings.worst?.score ?? 0)
            self.tell(action, before: before, channel: place, at: arrival, into: &report.changes)
        }
    }

    /// The place in `channels` of a channel of the model, made with its first reading.
    mutating func place(of channel: Int) -> Int {
        if let place = self.places[channel] { return place }
        self.channels.append(ChannelHealth(channel, self.model.channels[channel]))
        self.places[channel] = self.channels.count - 1
        return self.channels.count - 1
    }

    /// Whether a record says what the one before said: a resend, or a device that stands still.
    func isSame(_ readings: [HealthRecord.Reading]) -> Bool {
        readings.allSatisfy { reading in
            guard self.places.indices.contains(reading.channel), let place = self.places[reading.channel]
            else { return true }
            return self.channels[place].last?.value == reading.value
        }
    }

    /// What temperature and humidity say together; judged at a temperature, with the humidity of the record or one just before.
    private mutating func judgeClimate(_ readings: [HealthRecord.Reading], at time: Timestamp) -> HealthFinding? {
        guard let temperature = self.value(of: .temperature, in: readings) else { return nil }
        var humidity = self.value(of: .humidity, in: readings)
        if humidity == nil, let last = self.last(of: .humidity) {
            let age = Double(time.milliseconds) - Double(last.time.milliseconds)
            if abs(age) <= HealthMonitor.pairMax { humidity = last.value }
        }
        guard let humidity else { return nil }
        var detector = self.climate ?? ClimateDetector()
        let finding = detector.observe(temperature: temperature, humidity: humidity, at: time)
        self.climate = detector
        return finding
    }

    private func value(of kind: ChannelKind, in readings: [HealthRecord.Reading]) -> Double? {
        for reading in readings where self.model.channels.indices.contains(reading.channel) && reading.value.isFinite {
            if self.model.channels[reading.channel].kind == kind { return HealthMonitor.bounded(reading.value) }
        }
        return nil
    }

    private func last(of kind: ChannelKind) -> AlertSample? {
        for (place, channel) in self.model.channels.enumerated() where channel.kind == kind {
            if let seen = self.places[place], let last = self.channels[seen].last { return last }
        }
        return nil
    }

    static func bounded(_ value: Double) -> Double {
        min(max(value, -HealthMonitor.valueMax), HealthMonitor.valueMax)
    }

    static func bounded(_ time: Timestamp) -> Timestamp {
        min(max(time, HealthMonitor.times.lowerBound), HealthMonitor.times.upperBound)
    }
}
