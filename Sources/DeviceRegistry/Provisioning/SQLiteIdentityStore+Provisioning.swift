import GRDB
package import HubProtocol
package import TelemetryModel
package import TwinModel

extension SQLiteIdentityStore: ProvisioningStore {
    package func put(
        _ enrollment: Enrollment,
        ifMatch condition: EntityTagCondition?,
        author: String
    ) throws(ProvisioningRefusal) -> Enrollment {
        let now = self.now()
        return try self.provisioning { database in
            let reference = enrollment.reference
            let current = try EnrollmentRow.fetch(reference, in: database)
            var stored = enrollment
            stored.etag = IdentityRow.makeETag()
            stored.createdAt = current?.createdAt ?? now
            stored.updatedAt = now
            guard let condition else {
                guard current == nil else { throw ProvisioningRefusal.enrollmentExists(reference) }
                if reference.kind == .group { try SQLiteIdentityStore.checkGroupCount(in: database) }
                try EnrollmentRow(stored).insert(database)
                try SQLiteIdentityStore.insert(
                    .enrollment(.enrollmentCreated, stored, by: author, at: now),
                    in: database
                )
                return stored
            }
            guard let current else { throw ProvisioningRefusal.enrollmentNotFound(reference) }
            guard condition.isMet(by: current.etag) else { throw ProvisioningRefusal.enrollmentChanged(reference) }
            try EnrollmentRow(stored).update(database)
            try SQLiteIdentityStore.insert(.enrollment(.enrollmentUpdated, stored, by: author, at: now), in: database)
            return stored
        }
    }

    package func delete(
        _ reference: Enrollment.Reference,
        ifMatch condition: EntityTagCondition,
        author: String
    ) throws(ProvisioningRefusal) {
        let now = self.now()
        try self.provisioning { database in
            guard let current = try EnrollmentRow.fetch(reference, in: database) else {
                throw ProvisioningRefusal.enrollmentNotFound(reference)
            }
            guard condition.isMet(by: current.etag) else { throw ProvisioningRefusal.enrollmentChanged(reference) }
            try database.execute(
                sql: "DELETE FROM registration WHERE enrollmentKind = ? AND enrollmentKey = ?",
                arguments: [reference.kind.rawValue, reference.key]
            )
            try database.execute(
                sql: "DELETE FROM enrollment WHERE kind = ? AND key = ?",
                arguments: [reference.kind.rawValue, reference.key]
            )
            try SQLiteIdentityStore.insert(.enrollment(.enrollmentDeleted, current, by: author, at: now), in: database)
        }
    }

    package func enrollment(_ reference: Enrollment.Reference) throws(ProvisioningRefusal) -> Enrollment? {
        try self.provisioningRead { try EnrollmentRow.fetch(reference, in: $0) }
    }

    package func enrollments(
        _ kind: Enrollment.Kind,
        after: String?,
        limit: Int
    ) throws(ProvisioningRefusal) -> [Enrollment] {
        try self.provisioningRead { database in
            try EnrollmentRow.fetchAll(
                database,
                sql: "SELECT * FROM enrollment WHERE kind = ? AND key > ? ORDER BY key LIMIT ?",
                arguments: [kind.rawValue, after ?? "", limit]
            ).map { try $0.enrollment }
        }
    }

    package func candidates(for id: RegistrationID) throws(ProvisioningRefusal) -> [Enrollment] {
        let own = try self.enrollment(Enrollment.Reference(.individual, id.text))
        if let own { return [own] }
        return try self.enrollments(.group, after: nil, limit: ProvisioningLimits.groupsMax)
    }

    package func register(
        _ id: RegistrationID,
        proof: ProvisioningProof,
        hubNames: [String]
    ) throws(ProvisioningRefusal) -> Registration {
        let now = self.now()
        return try self.provisioning { database in
            var enrollment = try EnrollmentRow.fetch(proof.enrollment, in: database)
            if proof.enrollment.kind == .group,
                try EnrollmentRow.fetch(Enrollment.Reference(.individual, id.text), in: database) != nil
            {
                // The device's own was made since it connected: that wins over its group.
                enrollment = nil
            }
            let earlier = try RegistrationRow.fetch(id.text, in: database)
            let device = enrollment.flatMap { ProvisioningDecision.device(of: id, $0, earlier) }
            let facts = ProvisioningDecision.Facts(
                enrollment: enrollment,
                registration: earlier,
                identity: try device.flatMap { try IdentityRow.fetch($0, in: database) }
                    .map(SQLiteIdentityStore.identity),
                hubNames: hubNames
            )
            let decision = try ProvisioningDecision(of: id, proof: proof, facts: facts, at: now)
            if let entry = decision.entry { _ = try SQLiteIdentityStore.carryOut(entry, at: now, in: database) }
            var registration = decision.registration
            registration.etag = IdentityRow.makeETag()
            try RegistrationRow(registration).insert(database, onConflict: .replace)
            let author = "dps:\(enrollment?.name ?? proof.enrollment.key)"
            try SQLiteIdentityStore.insert(
                .registration(.registered, registration, by: author, at: now),
                in: database
            )
            return registration
        }
    }

    package func registration(_ id: String) throws(ProvisioningRefusal) -> Registration? {
        try self.provisioningRead { try RegistrationRow.fetch(id, in: $0) }
    }

    package func registrations(
        of enrollment: Enrollment.Reference,
        after: String?,
        limit: Int
    ) throws(ProvisioningRefusal) -> [Registration] {
        try self.provisioningRead { database in
            try RegistrationRow.fetchAll(
                database,
                sql: """
                    SELECT * FROM registration WHERE enrollmentKind = ? AND enrollmentKey = ? AND key > ?
                    ORDER BY key LIMIT ?
                    """,
                arguments: [enrollment.kind.rawValue, enrollment.key, after ?? "", limit]
            ).map { try $0.registration }
        }
    }

    package func deleteRegistration(
        _ id: String,
        ifMatch condition: EntityTagCondition,
        author: String
    ) throws(ProvisioningRefusal) {
        let now = self.now()
        try self.provisioning { database in
            guard let current = try RegistrationRow.fetch(id, in: database) else {
                throw ProvisioningRefusal.registrationNotFound(id)
            }
            guard condition.isMet(by: current.etag) else { throw ProvisioningRefusal.registrationChanged(id) }
            try database.execute(sql: "DELETE FROM registration WHERE key = ?", arguments: [id.lowercased()])
            try SQLiteIdentityStore.insert(
                .registration(.registrationDeleted, current, by: author, at: now),
                in: database
            )
        }
    }

    package func authorities(ofDevice id: IdentityID) throws(ProvisioningRefusal) -> [[UInt8]] {
        try self.provisioningRead { database in
            let rows = try EnrollmentRow.fetchAll(
                database,
                sql: """
                    SELECT enrollment.* FROM registration JOIN enrollment
                    ON enrollment.kind = registration.enrollmentKind AND enrollment.key = registration.enrollmentKey
                    WHERE registration.device = ? AND enrollment.isEnabled AND enrollment.attestation = 'authorities'
                    LIMIT 4
                    """,
                arguments: [id.device]
            )
            return try rows.flatMap { row -> [[UInt8]] in
                guard case .authorities(let certificates) = try row.enrollment.attestation else { return [] }
                return certificates
            }
        }
    }

    private static func checkGroupCount(in database: Database) throws {
        let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM enrollment WHERE kind = 'group'") ?? 0
        guard count < ProvisioningLimits.groupsMax else { throw ProvisioningRefusal.tooManyGroups }
    }

    private func provisioning<Value>(_ body: (Database) throws -> Value) throws(ProvisioningRefusal) -> Value {
        try SQLiteIdentityStore.refusing { try self.database.write(body) }
    }

    private func provisioningRead<Value>(_ body: (Database) throws -> Value) throws(ProvisioningRefusal) -> Value {
        try SQLiteIdentityStore.refusing { try self.database.read(body) }
    }

    private static func refusing<Value>(_ body: () throws -> Value) throws(ProvisioningRefusal) -> Value {
        do {
            return try body()
        } catch let refusal as ProvisioningRefusal {
            throw refusal
        } catch let error as RegistryError {
            throw .registry(error)
        } catch let refusal as EntryRefusal {
            switch refusal {
            case .registry(let error): throw .registry(error)
            case .twin(let error): throw .twin(error)
            }
        } catch {
            throw .registry(.storage("\(error)"))
        }
    }
}
