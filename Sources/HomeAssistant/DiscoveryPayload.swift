import TelemetryJSON
import TelemetryModel

/// The payload of a discovery message: one for each channel and each sensor of a device.
///
/// ```json
/// {"name":"Temperature","unique_id":"weir_dev1/temperature","device_class":"temperature","unit_of_measurement":"°C",
///  "state_class":"measurement","state_topic":"weir/dev1/state",
///  "value_template":"{{ value_json['temperature'] | default('') }}","availability_topic":"weir/dev1/availability",
///  "device":{"identifiers":["weir_dev1"],"name":"dev1","model":"Raspberry Pi 4 Model B","sw_version":"weir-agent 0.1.0"},
///  "origin":{"name":"Weir","sw_version":"0.1.0"}}
/// ```
/// One message an entity and not one a device (`homeassistant/device/…/config`): only releases since the end of 2024 know the
/// latter, and the former stays. Members that a release does not know it leaves out.
/// Source: Home Assistant, MQTT integration, "MQTT discovery"; MQTT sensor; MQTT binary sensor.
package struct DiscoveryPayload: Sendable {
    /// `origin.name`, by which the gateway knows its own messages again.
    static let origin = "Weir"

    private let topics: DiscoveryTopics
    private let version: String

    /// Payloads of a gateway.
    ///
    /// - Parameters:
    ///   - topics: where its values are.
    ///   - version: the gateway's.
    package init(topics: DiscoveryTopics, version: String) {
        self.topics = topics
        self.version = version
    }

    /// The payload that makes an entity.
    func config(_ entity: DiscoveredEntity, of device: IdentityID, _ facts: DeviceFacts) -> [UInt8] {
        var json = JSONWriter(capacity: 768)
        json.beginObject()
        switch entity {
        case .channel(let name): self.write(channel: name, of: device, to: &json)
        case .sensor(let key): self.write(sensor: key, of: device, to: &json)
        }
        json.member("unique_id", entity.uniqueID(of: device))
        json.member("availability_topic", self.topics.availability(of: device))
        json.key("device")
        json.beginObject()
        json.key("identifiers")
        json.beginArray()
        json.string(DiscoveryTopics.node(of: device))
        json.endArray()
        json.member("name", device.description)
        if let model = facts.model { json.member("model", model) }
        if let version = facts.version { json.member("sw_version", "weir-agent \(version)") }
        json.endObject()
        json.key("origin")
        json.beginObject()
        json.member("name", DiscoveryPayload.origin)
        json.member("sw_version", self.version)
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private func write(channel: String, of device: IdentityID, to json: inout JSONWriter) {
        let meaning = ChannelMeaning(channel: channel)
        json.member("name", meaning.name)
        if let deviceClass = meaning.deviceClass { json.member("device_class", deviceClass) }
        if let unit = meaning.unit { json.member("unit_of_measurement", unit) }
        json.member("state_class", meaning.stateClass)
        if meaning.isDiagnostic { json.member("entity_category", "diagnostic") }
        if !meaning.isShown {
            json.key("enabled_by_default")
            json.bool(false)
        }
        json.member("state_topic", self.topics.state(of: device))
        // A channel without a value since the start is not in the payload, and an empty text changes nothing.
        json.member("value_template", "{{ value_json[\(TemplateText.literal(channel))] | default('') }}")
    }

    private func write(sensor key: String, of device: IdentityID, to json: inout JSONWriter) {
        let member = "value_json[\(TemplateText.literal(key))]"
        let topic = self.topics.sensors(of: device)
        json.member("name", "Sensor \(key)")
        json.member("device_class", "problem")
        json.member("entity_category", "diagnostic")
        json.member("state_topic", topic)
        json.member("value_template", "{{ 'ON' if \(member).state in ['failing', 'unavailable'] else 'OFF' }}")
        json.member("json_attributes_topic", topic)
        json.member("json_attributes_template", "{{ \(member) | tojson }}")
    }

    /// The payload of a device's sensors.
    ///
    /// ```json
    /// {"room":{"state":"failing","place":"sht3x on /dev/i2c-1 at 0x44","reason":"crc"}}
    /// ```
    func sensors(_ facts: DeviceFacts) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        for sensor in facts.sensors {
            json.key(sensor.key)
            json.beginObject()
            json.member("state", sensor.state)
            if !sensor.place.isEmpty { json.member("place", sensor.place) }
            if !sensor.reason.isEmpty { json.member("reason", sensor.reason) }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ value: String) {
        self.key(name)
        self.string(value)
    }
}
