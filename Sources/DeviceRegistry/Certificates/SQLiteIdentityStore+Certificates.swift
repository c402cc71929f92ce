import GRDB
package import TelemetryModel

extension SQLiteIdentityStore: IssuedCertificateStore {
    package func add(_ certificate: IssuedCertificate) throws(RegistryError) {
        try self.write { database in
            try CertificateRow(certificate).insert(database)
            try SQLiteIdentityStore.insert(.certificateIssued(certificate), in: database)
        }
    }

    package func certificates(
        _ selection: CertificateSelection,
        after number: Int64,
        limit: Int
    ) throws(RegistryError) -> [IssuedCertificate] {
        let (condition, arguments) = SQLiteIdentityStore.condition(selection)
        return try self.read { database in
            try CertificateRow.fetchAll(
                database,
                sql: "SELECT * FROM certificate WHERE \(condition) AND number > ? ORDER BY number LIMIT ?",
                arguments: arguments + [number, limit]
            ).map { try $0.certificate }
        }
    }

    package func revocation(serial: String) throws(RegistryError) -> IssuedCertificate.Revocation? {
        try self.read { database in
            try CertificateRow.fetchOne(
                database,
                sql: "SELECT * FROM certificate WHERE serial = ?",
                arguments: [serial]
            )?.revocation
        }
    }

    package func revoke(
        _ selection: CertificateSelection,
        _ revocation: IssuedCertificate.Revocation
    ) throws(RegistryError) -> [IssuedCertificate] {
        let (condition, arguments) = SQLiteIdentityStore.condition(selection)
        return try self.write { database in
            let rows = try CertificateRow.fetchAll(
                database,
                sql: """
                    SELECT * FROM certificate
                    WHERE \(condition) AND revokedMilliseconds IS NULL AND notAfterMilliseconds >= ? ORDER BY number
                    """,
                arguments: arguments + [revocation.at.milliseconds]
            )
            return try rows.map { row in
                var certificate = try row.certificate
                certificate.revocation = revocation
                try CertificateRow(certificate).update(database)
                try SQLiteIdentityStore.insert(.certificateRevoked(certificate, revocation), in: database)
                return certificate
            }
        }
    }

    package func certificateCounts(at now: Timestamp) throws(RegistryError) -> CertificateCounts {
        let soon = now + CertificateState.leafNotice
        return try self.read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT COALESCE(SUM(revokedMilliseconds IS NULL AND notAfterMilliseconds >= ?1), 0),
                    COALESCE(SUM(revokedMilliseconds IS NULL AND notAfterMilliseconds >= ?1
                        AND notAfterMilliseconds <= ?2 AND NOT EXISTS (
                            SELECT 1 FROM certificate AS later
                            WHERE later.device = certificate.device AND later.module = certificate.module
                            AND later.revokedMilliseconds IS NULL AND later.notAfterMilliseconds > ?2)), 0),
                    COALESCE(SUM(revokedMilliseconds IS NULL AND notAfterMilliseconds < ?1), 0),
                    COALESCE(SUM(revokedMilliseconds IS NOT NULL), 0) FROM certificate
                    """,
                arguments: [now.milliseconds, soon.milliseconds]
            )
            return CertificateCounts(
                valid: row?[0] ?? 0,
                ending: row?[1] ?? 0,
                expired: row?[2] ?? 0,
                revoked: row?[3] ?? 0
            )
        }
    }

    private static func condition(_ selection: CertificateSelection) -> (sql: String, arguments: StatementArguments) {
        switch selection {
        case .all: ("1", [])
        case .serial(let serial): ("serial = ?", [serial])
        case .subject(let id): ("device = ? AND module = ?", [id.device, id.module ?? ""])
        case .othersThan(let authority): ("authority <> ?", [authority])
        }
    }
}
