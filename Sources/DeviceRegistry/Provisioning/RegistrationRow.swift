import GRDB
import TelemetryModel

/// The row of table `registration`.
struct RegistrationRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "registration"

    /// The registration id in lower case.
    var key: String
    var registrationID: String
    var enrollmentKind: String
    var enrollmentKey: String
    var device: String
    var hubName: String
    var substatus: String
    var etag: String
    var createdMilliseconds: Int64
    var updatedMilliseconds: Int64

    init(_ registration: Registration) {
        self.key = registration.registrationID.lowercased()
        self.registrationID = registration.registrationID
        self.enrollmentKind = registration.enrollment.kind.rawValue
        self.enrollmentKey = registration.enrollment.key
        self.device = registration.deviceID
        self.hubName = registration.hubName
        self.substatus = registration.substatus.rawValue
        self.etag = registration.etag
        self.createdMilliseconds = registration.createdAt.milliseconds
        self.updatedMilliseconds = registration.updatedAt.milliseconds
    }

    /// The registration; throws for a row that nobody here wrote.
    var registration: Registration {
        get throws(RegistryError) {
            guard let kind = Enrollment.Kind(rawValue: self.enrollmentKind),
                let substatus = Registration.Substatus(rawValue: self.substatus)
            else {
                throw .storage("the registration of \(self.registrationID) was written by a later version")
            }
            return Registration(
                registrationID: self.registrationID,
                enrollment: Enrollment.Reference(kind, self.enrollmentKey),
                deviceID: self.device,
                hubName: self.hubName,
                substatus: substatus,
                etag: self.etag,
                createdAt: Timestamp(milliseconds: self.createdMilliseconds),
                updatedAt: Timestamp(milliseconds: self.updatedMilliseconds)
            )
        }
    }

    static func fetch(_ id: String, in database: Database) throws -> Registration? {
        try RegistrationRow.fetchOne(
            database,
            sql: "SELECT * FROM registration WHERE key = ?",
            arguments: [id.lowercased()]
        )?.registration
    }
}
