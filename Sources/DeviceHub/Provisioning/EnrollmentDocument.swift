internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel
internal import TwinModel

/// An enrollment as JSON, in the form of the provisioning service's REST API.
///
/// ```json
/// {"enrollmentGroupId":"fleet","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"…","secondaryKey":"…"}},
///  "provisioningStatus":"enabled","initialTwin":{"tags":{},"properties":{"desired":{}}},
///  "reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true},"iotHubHostName":"hub.example.org"}
/// ```
/// An answer has no keys: those are asked for on their own. Pure.
enum EnrollmentDocument {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - body: its members. Those that are missing have their defaults, but keys and certificates stay as they are.
    ///   - reference: the enrollment, as the path names it.
    ///   - name: its name as the path writes it.
    ///   - current: as it is stored.
    ///   - hubNames: the gateway's.
    /// - Returns: The enrollment.
    /// - Throws: `HubError` 400 with the member that is wrong.
    static func read(
        _ body: JSONObject,
        as reference: Enrollment.Reference,
        name: String,
        replacing current: Enrollment?,
        hubNames: [String]
    ) throws(HubError) -> Enrollment {
        guard RegistrationID(name) != nil else {
            throw HubError(
                .argumentInvalid,
                "the name “\(name.prefix(160))” is not allowed: 1 to 128 letters, digits and - . _ : with a letter or "
                    + "digit at the end"
            )
        }
        let idName = self.idName(reference.kind)
        if let written = try self.text(body, idName), written.lowercased() != reference.key {
            throw HubError(.argumentInvalid, "\(idName) is “\(written.prefix(160))”, and the path says “\(name)”")
        }
        guard let attestation = body["attestation"]?.object else {
            throw HubError(.argumentInvalid, "attestation must be an object")
        }
        var enrollment = Enrollment(
            kind: reference.kind,
            name: current?.name ?? name,
            isEnabled: try self.isEnabled(body),
            attestation: try AttestationDocument.read(attestation, reference.kind, replacing: current?.attestation)
        )
        if reference.kind == .individual { enrollment.deviceID = try self.deviceID(body) }
        enrollment.isEdge = try self.isEdge(body)
        if try self.text(body, "allocationPolicy") == "custom" {
            throw HubError(.argumentInvalid, "allocationPolicy custom is not offered; expected hashed or static")
        }
        let hubName = try self.text(body, "iotHubHostName") ?? body["iotHubs"]?.array?.first?.string
        if let hubName, !hubNames.contains(where: { $0.lowercased() == hubName.lowercased() }) {
            throw HubError(
                .argumentInvalid,
                "the hub “\(hubName)” is not one of this gateway's: \(hubNames.joined(separator: ", "))"
            )
        }
        enrollment.hubName = hubName
        enrollment.initialTwin = try self.initialTwin(body)
        let policy = body["reprovisionPolicy"]?.object
        enrollment.followsHub = try self.flag(policy, "updateHubAssignment")
        enrollment.keepsData = try self.flag(policy, "migrateDeviceData")
        return enrollment
    }

    /// Writes a document, with a device's registration when it has one.
    static func make(_ enrollment: Enrollment, registration: Registration? = nil) -> JSONObject {
        var document: JSONObject = [self.idName(enrollment.kind): .string(enrollment.name)]
        if let device = enrollment.deviceID { document.set("deviceId", to: .string(device)) }
        document.set("attestation", to: .object(AttestationDocument.make(enrollment.attestation, withKeys: false)))
        document.set("capabilities", to: .object(["iotEdge": .bool(enrollment.isEdge)]))
        if let hub = enrollment.hubName { document.set("iotHubHostName", to: .string(hub)) }
        if let twin = enrollment.initialTwin { document.set("initialTwin", to: .object(twin.document)) }
        document.set("provisioningStatus", to: .string(enrollment.isEnabled ? "enabled" : "disabled"))
        document.set(
            "reprovisionPolicy",
            to: .object([
                "updateHubAssignment": .bool(enrollment.followsHub), "migrateDeviceData": .bool(enrollment.keepsData),
            ])
        )
        document.set("etag", to: .string(enrollment.etag))
        document.set("createdDateTimeUtc", to: .string(enrollment.createdAt.description))
        document.set("lastUpdatedDateTimeUtc", to: .string(enrollment.updatedAt.description))
        if let registration {
            document.set("registrationState", to: .object(RegistrationDocument.make(registration)))
        }
        return document
    }

    private static func idName(_ kind: Enrollment.Kind) -> String {
        switch kind {
        case .individual: "registrationId"
        case .group: "enrollmentGroupId"
        }
    }

    private static func isEnabled(_ body: JSONObject) throws(HubError) -> Bool {
        switch try self.text(body, "provisioningStatus") {
        case nil, "enabled": return true
        case "disabled": return false
        case .some(let text):
            throw HubError(.argumentInvalid, "provisioningStatus is “\(text)”, expected enabled or disabled")
        }
    }

    private static func isEdge(_ body: JSONObject) throws(HubError) -> Bool {
        switch body["capabilities"]?.object?["iotEdge"] {
        case nil, .null: return false
        case .bool(let flag): return flag
        case .some: throw HubError(.argumentInvalid, "capabilities.iotEdge must be true or false")
        }
    }

    private static func deviceID(_ body: JSONObject) throws(HubError) -> String? {
        guard let device = try self.text(body, "deviceId"), !device.isEmpty else { return nil }
        guard IdentityID.isValidPart(device) else {
            throw HubError(.argumentInvalid, "deviceId “\(device.prefix(160))” is not an id that a device may have")
        }
        return device
    }

    private static func initialTwin(_ body: JSONObject) throws(HubError) -> TwinPatch? {
        switch body["initialTwin"] {
        case nil, .null: return nil
        case .some(let value):
            do throws(TwinError) {
                return try TwinPatch(value)
            } catch {
                throw HubError(.argumentInvalid, "initialTwin: \(error)")
            }
        }
    }

    private static func flag(_ policy: JSONObject?, _ name: String) throws(HubError) -> Bool {
        switch policy?[name] {
        case nil, .null: return true
        case .bool(let flag): return flag
        case .some: throw HubError(.argumentInvalid, "reprovisionPolicy.\(name) must be true or false")
        }
    }

    private static func text(_ body: JSONObject, _ name: String) throws(HubError) -> String? {
        switch body[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .some: throw HubError(.argumentInvalid, "\(name) must be a string")
        }
    }
}
