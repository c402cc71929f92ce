import TelemetryModel

/// The ids that a fleet's devices may have.
package enum FleetID {
    /// Whether a device of this id can publish: a valid device id without `+` and `#`, which a topic name may not hold.
    package static func isValid(_ id: String) -> Bool {
        // [MQTT-3.3.2-2]
        IdentityID.isValidPart(id) && !id.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }
}
