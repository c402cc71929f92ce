import SensorKit
package import TelemetryJSON

/// How the agent itself is doing: a reading of its own kind every minute, numbered and kept as any other.
///
/// ```json
/// ,"health":{"uptimeSeconds":3600,"memoryBytes":9420800,…,"sensors":{"duct":{"state":"failing","reason":"crc","errors":3}}}}
/// ```
/// One object, so that its numbers are channels of their own in the streams (`health.memoryBytes`). What is not known is
/// left out. Of sensors those that have ever failed.
package struct HealthReport: Equatable, Sendable {
    /// Seconds since the agent's start.
    package var uptimeSeconds = 0
    /// Resident memory of the agent.
    package var memoryBytes: Int?
    /// Processor time of the agent since its start.
    package var processorSeconds: Double?
    /// The board's processor, °C.
    package var processorTemperature: Double?
    /// The board's supply is too low, now.
    package var isUnderVoltage: Bool?
    /// The firmware's word of what holds the processor back (`get_throttled` of a Raspberry Pi): bits 0 to 3 now, 16 to 19
    /// since the boot.
    package var throttled: Int?
    /// Free for the agent where its state is kept.
    package var diskFreeBytes: Int?
    /// Written to disks by the agent since its start.
    package var writtenBytes: Int?
    /// Readings that no gateway has acknowledged.
    package var waitingReadings = 0
    /// Bytes of them on the disk; and the age of the oldest.
    package var spoolBytes: Int?
    package var oldestSeconds: Int?
    /// Readings given up since the start.
    package var droppedReadings = 0
    /// Connections made since the start, the first not counted.
    package var reconnects = 0
    /// Where the time is known from; empty: it is not.
    package var clock: String?
    package var sensors: [(name: String, status: SensorStatus)] = []

    package init() {}

    package static func == (one: HealthReport, other: HealthReport) -> Bool {
        one.json == other.json
    }

    /// The reading's body: members and closing brace.
    package var body: [UInt8] {
        var bytes = Array(",\"health\":".utf8)
        bytes += self.json.bytes
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    package var json: JSONObject {
        var object: JSONObject = ["uptimeSeconds": .integer(Int64(self.uptimeSeconds))]
        func set(_ name: String, _ value: Int?) {
            if let value { object[name] = .integer(Int64(value)) }
        }
        func set(_ name: String, hundredths value: Double?) {
            guard let value, value.magnitude < 1e12 else { return }
            object[name] = .number((value * 100).rounded() / 100)
        }
        set("memoryBytes", self.memoryBytes)
        set("processorSeconds", hundredths: self.processorSeconds)
        set("processorTemperature", hundredths: self.processorTemperature)
        if let isUnderVoltage = self.isUnderVoltage { object["underVoltage"] = .bool(isUnderVoltage) }
        set("throttled", self.throttled)
        set("diskFreeBytes", self.diskFreeBytes)
        set("writtenBytes", self.writtenBytes)
        set("waitingReadings", self.waitingReadings)
        set("spoolBytes", self.spoolBytes)
        set("oldestSeconds", self.oldestSeconds)
        set("droppedReadings", self.droppedReadings)
        set("reconnects", self.reconnects)
        if let clock = self.clock { object["clock"] = .string(clock.isEmpty ? "unknown" : clock) }
        let failed = self.sensors.filter { $0.status.errors > 0 || $0.status.fault != nil }
        set("sensorsFailing", self.sensors.count { $0.status.fault != nil })
        set("sensorErrors", self.sensors.reduce(0) { $0 + $1.status.errors })
        if !failed.isEmpty {
            var sensors = JSONObject()
            for (name, status) in failed {
                var sensor: JSONObject = [
                    "state": .string(status.state.rawValue), "errors": .integer(Int64(status.errors)),
                ]
                if let fault = status.fault { sensor["reason"] = .string(fault.reason.rawValue) }
                sensors[name] = .object(sensor)
            }
            object["sensors"] = .object(sensors)
        }
        return object
    }
}
