package import MQTTCodec

/// Why a CONNECT is refused: the code for the client, the sentence for the operator.
///
/// Unknown names, wrong proofs and disabled identities have one code, so that names cannot be probed. What may pass
/// with time is never ``ReasonCode/notAuthorized``: a device that is told so gives up for good.
/// Source: contract iothub-mqtt section 2, "CONNACK codes".
package struct AuthenticationRefusal: Error, Equatable, Sendable {
    /// What CONNACK says; encoded as the nearest code for MQTT 3.1.1.
    package var code: ReasonCode
    /// One sentence without secrets.
    package var reason: String

    /// A user name that cannot be read.
    static func syntax(_ reason: String) -> AuthenticationRefusal {
        AuthenticationRefusal(code: .badUserNameOrPassword, reason: reason)
    }

    /// Unknown, disabled, or not proven.
    static func unauthorized(_ reason: String) -> AuthenticationRefusal {
        AuthenticationRefusal(code: .notAuthorized, reason: reason)
    }

    /// Something that may pass.
    static func unavailable(_ reason: String) -> AuthenticationRefusal {
        AuthenticationRefusal(code: .serverUnavailable, reason: reason)
    }
}
