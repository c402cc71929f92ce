import FoundationEssentials
import GRDB
import TelemetryJSON
import TelemetryModel
import TwinModel

/// The row of table `enrollment`.
struct EnrollmentRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "enrollment"

    /// The kinds of ``Enrollment/Attestation``.
    private enum Attestation: String {
        case keys
        case certificates
        case authorities
    }

    var kind: String
    /// The name in lower case.
    var key: String
    var name: String
    var etag: String
    var isEnabled: Bool
    var attestation: String
    var primaryKey: String?
    var secondaryKey: String?
    var primaryCertificate: Data?
    var secondaryCertificate: Data?
    var deviceID: String?
    var hubName: String?
    /// `{"tags":…,"properties":{"desired":…}}`; NULL = nothing.
    var initialTwin: String?
    var followsHub: Bool
    var keepsData: Bool
    var isEdge: Bool
    var createdMilliseconds: Int64
    var updatedMilliseconds: Int64

    init(_ enrollment: Enrollment) {
        self.kind = enrollment.kind.rawValue
        self.key = enrollment.reference.key
        self.name = enrollment.name
        self.etag = enrollment.etag
        self.isEnabled = enrollment.isEnabled
        switch enrollment.attestation {
        case .keys(let primary, let secondary):
            self.attestation = Attestation.keys.rawValue
            self.primaryKey = primary
            self.secondaryKey = secondary
        case .certificates(let certificates):
            self.attestation = Attestation.certificates.rawValue
            self.primaryCertificate = certificates.first.map { Data($0) }
            self.secondaryCertificate = certificates.dropFirst().first.map { Data($0) }
        case .authorities(let certificates):
            self.attestation = Attestation.authorities.rawValue
            self.primaryCertificate = certificates.first.map { Data($0) }
            self.secondaryCertificate = certificates.dropFirst().first.map { Data($0) }
        }
        self.deviceID = enrollment.deviceID
        self.hubName = enrollment.hubName
        self.initialTwin = enrollment.initialTwin.map { $0.document.description }
        self.followsHub = enrollment.followsHub
        self.keepsData = enrollment.keepsData
        self.isEdge = enrollment.isEdge
        self.createdMilliseconds = enrollment.createdAt.milliseconds
        self.updatedMilliseconds = enrollment.updatedAt.milliseconds
    }

    /// The enrollment; throws for a row that nobody here wrote.
    var enrollment: Enrollment {
        get throws(RegistryError) {
            guard let kind = Enrollment.Kind(rawValue: self.kind), let attestation = self.storedAttestation else {
                throw .storage("the enrollment \(self.name) cannot be read: was the file written by a later version?")
            }
            var twin: TwinPatch?
            if let text = self.initialTwin {
                do throws(TwinError) {
                    twin = try TwinPatch(parsing: text.utf8)
                } catch {
                    throw .storage("the initial twin of enrollment \(self.name) cannot be read: \(error)")
                }
            }
            var enrollment = Enrollment(
                kind: kind,
                name: self.name,
                isEnabled: self.isEnabled,
                attestation: attestation,
                deviceID: self.deviceID,
                hubName: self.hubName,
                initialTwin: twin,
                followsHub: self.followsHub,
                keepsData: self.keepsData
            )
            enrollment.isEdge = self.isEdge
            enrollment.etag = self.etag
            enrollment.createdAt = Timestamp(milliseconds: self.createdMilliseconds)
            enrollment.updatedAt = Timestamp(milliseconds: self.updatedMilliseconds)
            return enrollment
        }
    }

    private var storedAttestation: Enrollment.Attestation? {
        let certificates = [self.primaryCertificate, self.secondaryCertificate].compactMap { $0.map { [UInt8]($0) } }
        return switch Attestation(rawValue: self.attestation) {
        case .keys: .keys(primary: self.primaryKey ?? "", secondary: self.secondaryKey ?? "")
        case .certificates: .certificates(certificates)
        case .authorities: .authorities(certificates)
        case nil: nil
        }
    }

    static func fetch(_ reference: Enrollment.Reference, in database: Database) throws -> Enrollment? {
        try EnrollmentRow.fetchOne(
            database,
            sql: "SELECT * FROM enrollment WHERE kind = ? AND key = ?",
            arguments: [reference.kind.rawValue, reference.key]
        )?.enrollment
    }
}
