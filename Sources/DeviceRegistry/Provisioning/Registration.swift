package import TelemetryModel

/// What became of a device's registration. Source: contract provisioning sections 3 and 5.
package struct Registration: Equatable, Sendable {
    /// What the registration meant for the device; the raw values are the contract's.
    package enum Substatus: String, Sendable {
        case initialAssignment
        /// The hub changed, and the twin was kept.
        case deviceDataMigrated
        /// The hub changed, and the twin began anew.
        case deviceDataReset
    }

    /// As the device wrote it when it registered first.
    package var registrationID: String
    /// The enrollment by which it registered last.
    package var enrollment: Enrollment.Reference
    package var deviceID: String
    /// One of the gateway's names.
    package var hubName: String
    package var substatus: Substatus
    package var etag: String
    /// When it registered first.
    package var createdAt: Timestamp
    /// When it registered last.
    package var updatedAt: Timestamp

    /// A record.
    package init(
        registrationID: String,
        enrollment: Enrollment.Reference,
        deviceID: String,
        hubName: String,
        substatus: Substatus,
        etag: String,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.registrationID = registrationID
        self.enrollment = enrollment
        self.deviceID = deviceID
        self.hubName = hubName
        self.substatus = substatus
        self.etag = etag
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
