internal import DeviceRegistry
internal import FoundationEssentials
internal import HubProtocol
internal import TelemetryJSON

/// How a device proves itself, as JSON: keys or certificates. Pure.
///
/// Source: the provisioning service's REST API "Attestation Mechanism".
enum AttestationDocument {
    /// Bytes of a key. Source: contract provisioning section 2; IoT Hub takes the same.
    private static let keyBytes = 16...64

    /// Reads an attestation; keys that are missing or empty are the stored ones, else new.
    ///
    /// - Parameters:
    ///   - members: of `attestation`.
    ///   - kind: whose.
    ///   - current: what is stored.
    /// - Returns: The attestation.
    /// - Throws: `HubError` 400 with the member that is wrong.
    static func read(
        _ members: JSONObject,
        _ kind: Enrollment.Kind,
        replacing current: Enrollment.Attestation?
    ) throws(HubError) -> Enrollment.Attestation {
        switch members["type"]?.string {
        case "symmetricKey":
            var stored = (primary: "", secondary: "")
            if case .keys(let primary, let secondary)? = current { stored = (primary, secondary) }
            let keys = members["symmetricKey"]?.object
            return .keys(
                primary: try self.key(keys, "primaryKey", stored: stored.primary),
                secondary: try self.key(keys, "secondaryKey", stored: stored.secondary)
            )
        case "x509":
            let x509 = members["x509"]?.object
            if kind == .individual, let own = x509?["clientCertificates"]?.object {
                var stored: [[UInt8]] = []
                if case .certificates(let certificates)? = current { stored = certificates }
                return .certificates(try self.certificates(own, "clientCertificates", stored: stored))
            }
            if let signing = x509?["signingCertificates"]?.object {
                var stored: [[UInt8]] = []
                if case .authorities(let certificates)? = current { stored = certificates }
                return .authorities(try self.certificates(signing, "signingCertificates", stored: stored))
            }
            let expected = kind == .individual ? "clientCertificates or signingCertificates" : "signingCertificates"
            throw HubError(.argumentInvalid, "attestation.x509 must have \(expected)")
        default:
            throw HubError(.argumentInvalid, "attestation.type must be symmetricKey or x509")
        }
    }

    /// Writes an attestation; keys only for who asks for them.
    static func make(_ attestation: Enrollment.Attestation, withKeys: Bool) -> JSONObject {
        switch attestation {
        case .keys(let primary, let secondary):
            var document: JSONObject = ["type": .string("symmetricKey")]
            if withKeys {
                document.set(
                    "symmetricKey",
                    to: .object(["primaryKey": .string(primary), "secondaryKey": .string(secondary)])
                )
            }
            return document
        case .certificates(let certificates):
            return self.x509("clientCertificates", certificates)
        case .authorities(let certificates):
            return self.x509("signingCertificates", certificates)
        }
    }

    private static let slots = ["primary", "secondary"]

    private static func x509(_ name: String, _ certificates: [[UInt8]]) -> JSONObject {
        var slots: JSONObject = [:]
        for (slot, der) in zip(self.slots, certificates) {
            let info: JSONObject = [
                "sha1Thumbprint": .string(Thumbprint.sha1(of: der).hex),
                "sha256Thumbprint": .string(Thumbprint.sha256(of: der).hex),
            ]
            slots.set(slot, to: .object(["info": .object(info)]))
        }
        return ["type": .string("x509"), "x509": .object([name: .object(slots)])]
    }

    private static func key(_ keys: JSONObject?, _ name: String, stored: String) throws(HubError) -> String {
        switch keys?[name] {
        case nil, .null, .string(""):
            return stored.isEmpty ? SASToken.makeKey() : stored
        case .string(let key):
            guard let bytes = SASToken.keyBytes(key), self.keyBytes.contains(bytes.count) else {
                throw HubError(.argumentInvalid, "\(name) must be base64 of 16 to 64 bytes")
            }
            return key
        case .some:
            throw HubError(.argumentInvalid, "\(name) must be a string")
        }
    }

    /// One or two certificates; one that is named by its thumbprint alone is the stored one.
    private static func certificates(
        _ members: JSONObject,
        _ name: String,
        stored: [[UInt8]]
    ) throws(HubError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for slot in self.slots {
            guard let entry = members[slot]?.object else { continue }
            if let text = entry["certificate"]?.string, !text.isEmpty {
                let bytes = Data(base64Encoded: text).map { [UInt8]($0) } ?? Array(text.utf8)
                guard let file = CertificateFile(bytes) else {
                    throw HubError(.argumentInvalid, "\(name).\(slot).certificate is no certificate, PEM or base64")
                }
                found.append(file.der)
            } else if let hex = entry["info"]?.object?["sha256Thumbprint"]?.string,
                let der = stored.first(where: { Thumbprint.sha256(of: $0).hex == hex.uppercased() })
            {
                found.append(der)
            } else {
                throw HubError(.argumentInvalid, "\(name).\(slot) has no certificate")
            }
        }
        guard !found.isEmpty else { throw HubError(.argumentInvalid, "\(name) has no primary certificate") }
        return found
    }
}
