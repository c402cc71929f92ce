package import TelemetryJSON

/// What the twin of a device says that Home Assistant shows: the agent's reported properties, others have none of it.
///
/// Texts come from the device and are cut to ``textLengthMax`` characters.
package struct DeviceFacts: Equatable, Sendable {
    /// A sensor of the board.
    package struct Sensor: Equatable, Sendable {
        /// Its key in the twin.
        package var key: String
        /// Where it is, `sht3x on /dev/i2c-1 at 0x44`.
        package var place: String
        /// `new`, `working`, `failing` or `unavailable`.
        package var state: String
        /// Why it is not working; empty when it is.
        package var reason: String
    }

    /// `board.model`, such as `Raspberry Pi 4 Model B Rev 1.4`.
    package var model: String?
    /// `agent.version`.
    package var version: String?
    /// `sensors`, in the twin's order, at most ``sensorsMax``.
    package var sensors: [Sensor] = []

    /// Sensors that are shown, as many as an agent has.
    package static let sensorsMax = 64
    /// Characters of a text.
    package static let textLengthMax = 128

    /// Of a device that reports nothing.
    package init() {}

    /// What a twin's reported section says; whatever is of another form is left out.
    package init(reported: JSONObject) {
        self.model = DeviceFacts.text(reported["board"]?.object?["model"])
        self.version = DeviceFacts.text(reported["agent"]?.object?["version"])
        let sensors: JSONObject = reported["sensors"]?.object ?? [:]
        for member in sensors.prefix(DeviceFacts.sensorsMax) {
            guard let sensor = member.value.object, let state = DeviceFacts.text(sensor["state"]),
                (1...DeviceFacts.textLengthMax).contains(member.name.count)
            else { continue }
            self.sensors.append(
                Sensor(
                    key: member.name,
                    place: DeviceFacts.text(sensor["place"]) ?? "",
                    state: state,
                    reason: DeviceFacts.text(sensor["reason"]) ?? ""
                )
            )
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return String(text.prefix(self.textLengthMax))
    }
}
