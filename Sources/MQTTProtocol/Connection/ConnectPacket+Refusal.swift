package import MQTTCodec

extension ConnectPacket {
    /// Why the packet alone is refused, whoever sends it; `nil` when the client may be asked who it is.
    ///
    /// CONNACK carries it: ``ConnackPacket`` has the codes of 3.1.1.
    package var refusal: ReasonCode? {
        guard let version else { return .unsupportedProtocolVersion }  // [MQTT-3.1.2-2]
        switch version {
        case .v311:
            // 3.1.1 [MQTT-3.1.3-8]; MQTT 5 assigns an identifier in any case. [MQTT-3.1.3-6]
            return self.clientID.isEmpty && !self.cleanSession ? .clientIDNotValid : nil
        case .v5:
            // No method of enhanced authentication is supported. [MQTT-4.12.0-1]
            return self.properties?.authenticationMethod == nil ? nil : .badAuthenticationMethod
        }
    }
}
