/// What the publisher says of a payload. Spec: MQTT 5.0 §3.3.2.3.2.
package enum PayloadFormat: UInt8, Sendable, CaseIterable {
    case unspecified = 0
    /// UTF-8; a receiver may check it and answer `payloadFormatInvalid`.
    case text = 1
}
