import GRDB

/// The registry's schema, step by step. A step that was released is never changed.
enum RegistryMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 identities and sessions", migrate: self.identitiesAndSessions)
        migrator.registerMigration("2 credentials, applications, numbered sessions", migrate: self.credentials)
        migrator.registerMigration("3 twins, messages, outbox", migrate: self.twins)
        migrator.registerMigration("4 jobs and configurations", migrate: self.jobsAndConfigurations)
        migrator.registerMigration("5 provisioning", migrate: self.provisioning)
        migrator.registerMigration("6 certificates", migrate: self.certificates)
        migrator.registerMigration("7 edge devices", migrate: self.edgeDevices)
        return migrator
    }

    private static func identitiesAndSessions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE identity (
                    device TEXT NOT NULL, module TEXT NOT NULL,
                    generation TEXT NOT NULL, etag TEXT NOT NULL,
                    status TEXT NOT NULL, statusReason TEXT, statusUpdatedMilliseconds INTEGER,
                    primaryKey TEXT NOT NULL, secondaryKey TEXT NOT NULL,
                    PRIMARY KEY (device, module)
                ) WITHOUT ROWID;
                CREATE TABLE session (
                    device TEXT NOT NULL, module TEXT NOT NULL, subscriptions TEXT NOT NULL,
                    PRIMARY KEY (device, module)
                ) WITHOUT ROWID;
                """
        )
    }

    /// AUTOINCREMENT: SQLite then never gives a number twice, not even that of the last, deleted row.
    ///
    /// Sessions of step 1 belonged to hub clients, whose client id is the identity, and had no end; their filters, one
    /// a line, become JSON in the form ``subscriptionsJSON(lines:)`` says.
    private static func credentials(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE identity ADD COLUMN kind TEXT NOT NULL DEFAULT 'sas';
                ALTER TABLE identity ADD COLUMN primaryThumbprint TEXT;
                ALTER TABLE identity ADD COLUMN secondaryThumbprint TEXT;
                ALTER TABLE identity ADD COLUMN managedBy TEXT;
                ALTER TABLE identity ADD COLUMN password TEXT;
                ALTER TABLE identity ADD COLUMN topics TEXT;
                ALTER TABLE identity ADD COLUMN limits TEXT;
                CREATE INDEX identityPrimaryThumbprint ON identity (primaryThumbprint)
                    WHERE primaryThumbprint IS NOT NULL;
                CREATE INDEX identitySecondaryThumbprint ON identity (secondaryThumbprint)
                    WHERE secondaryThumbprint IS NOT NULL;
                CREATE TABLE application (
                    name TEXT NOT NULL PRIMARY KEY, generation TEXT NOT NULL, etag TEXT NOT NULL,
                    status TEXT NOT NULL, thumbprint TEXT, password TEXT, topics TEXT, limits TEXT
                ) WITHOUT ROWID;
                CREATE INDEX applicationThumbprint ON application (thumbprint) WHERE thumbprint IS NOT NULL;
                ALTER TABLE session RENAME TO hubSession;
                CREATE TABLE session (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    principal TEXT NOT NULL, clientID TEXT NOT NULL,
                    expirySeconds INTEGER NOT NULL, subscriptions TEXT NOT NULL, disconnectedMilliseconds INTEGER,
                    UNIQUE (principal, clientID)
                );
                """
        )
        for row in try Row.fetchAll(database, sql: "SELECT device, module, subscriptions FROM hubSession") {
            let device: String = row[0]
            let module: String = row[1]
            let name = module.isEmpty ? device : "\(device)/\(module)"
            try database.execute(
                sql: "INSERT INTO session (principal, clientID, expirySeconds, subscriptions) VALUES (?, ?, ?, ?)",
                arguments: [name, name, Int64(UInt32.max), self.subscriptionsJSON(lines: row[2])]
            )
        }
        try database.execute(sql: "DROP TABLE hubSession")
    }

    /// Twins without a row are as their identities were made. AUTOINCREMENT as above: an event's number is in the log.
    private static func twins(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE twin (
                    device TEXT NOT NULL, module TEXT NOT NULL,
                    version INTEGER NOT NULL, model TEXT NOT NULL,
                    tags BLOB NOT NULL, reported BLOB NOT NULL, desired BLOB NOT NULL,
                    PRIMARY KEY (device, module)
                ) WITHOUT ROWID;
                CREATE TABLE tagIndex (
                    path TEXT NOT NULL, value NOT NULL, device TEXT NOT NULL, module TEXT NOT NULL,
                    PRIMARY KEY (path, value, device, module)
                ) WITHOUT ROWID;
                CREATE TABLE outbox (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    topic TEXT NOT NULL, source TEXT NOT NULL, schema TEXT NOT NULL, operation TEXT NOT NULL,
                    device TEXT NOT NULL, module TEXT NOT NULL, milliseconds INTEGER NOT NULL, value BLOB NOT NULL
                );
                CREATE TABLE message (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    device TEXT NOT NULL, enqueuedMilliseconds INTEGER NOT NULL, expiryMilliseconds INTEGER NOT NULL,
                    deliveries INTEGER NOT NULL, acknowledgement TEXT NOT NULL, author TEXT NOT NULL,
                    messageID TEXT, correlationID TEXT, userID TEXT, contentType TEXT, contentEncoding TEXT,
                    properties TEXT NOT NULL, payload BLOB NOT NULL
                );
                CREATE INDEX messageDevice ON message (device);
                CREATE INDEX messageExpiry ON message (expiryMilliseconds);
                CREATE TABLE feedback (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    messageID TEXT, milliseconds INTEGER NOT NULL, outcome TEXT NOT NULL,
                    device TEXT NOT NULL, generation TEXT NOT NULL, lock TEXT, lockedUntilMilliseconds INTEGER
                );
                CREATE INDEX feedbackTime ON feedback (milliseconds);
                CREATE INDEX feedbackLock ON feedback (lock) WHERE lock IS NOT NULL;
                CREATE INDEX identityModule ON identity (device, module) WHERE module <> '';
                CREATE INDEX identityDisabled ON identity (device) WHERE status = 'disabled' AND module = '';
                CREATE TABLE outboxPosition (topic TEXT NOT NULL PRIMARY KEY, offsets TEXT NOT NULL) WITHOUT ROWID;
                """
        )
    }

    /// Keys are names in lower case: what they name is the same however it is written.
    private static func provisioning(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE enrollment (
                    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL,
                    isEnabled INTEGER NOT NULL, attestation TEXT NOT NULL,
                    primaryKey TEXT, secondaryKey TEXT, primaryCertificate BLOB, secondaryCertificate BLOB,
                    deviceID TEXT, hubName TEXT, initialTwin TEXT,
                    followsHub INTEGER NOT NULL, keepsData INTEGER NOT NULL,
                    createdMilliseconds INTEGER NOT NULL, updatedMilliseconds INTEGER NOT NULL,
                    PRIMARY KEY (kind, key)
                ) WITHOUT ROWID;
                CREATE TABLE registration (
                    key TEXT NOT NULL PRIMARY KEY, registrationID TEXT NOT NULL,
                    enrollmentKind TEXT NOT NULL, enrollmentKey TEXT NOT NULL,
                    device TEXT NOT NULL, hubName TEXT NOT NULL, substatus TEXT NOT NULL, etag TEXT NOT NULL,
                    createdMilliseconds INTEGER NOT NULL, updatedMilliseconds INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX registrationEnrollment ON registration (enrollmentKind, enrollmentKey, key);
                CREATE INDEX registrationDevice ON registration (device);
                """
        )
    }

    /// AUTOINCREMENT: who reads the list page by page misses none.
    private static func certificates(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE certificate (
                    number INTEGER PRIMARY KEY AUTOINCREMENT, serial TEXT NOT NULL UNIQUE,
                    device TEXT NOT NULL, module TEXT NOT NULL, thumbprint TEXT NOT NULL, authority TEXT NOT NULL,
                    notBeforeMilliseconds INTEGER NOT NULL, notAfterMilliseconds INTEGER NOT NULL,
                    issuedMilliseconds INTEGER NOT NULL, author TEXT NOT NULL,
                    revokedMilliseconds INTEGER, revocationReason TEXT, revocationAuthor TEXT
                );
                CREATE INDEX certificateSubject ON certificate (device, module);
                """
        )
    }

    /// `capabilities.iotEdge` of identities, and of those that enrollments make.
    private static func edgeDevices(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE identity ADD COLUMN isEdge INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE enrollment ADD COLUMN isEdge INTEGER NOT NULL DEFAULT 0;
                """
        )
    }

    /// `[{"filter":"a/#","options":1},…]`: what a hub client had was granted with QoS 1 at most, the options byte 1.
    static func subscriptionsJSON(lines: String) -> String {
        let entries = lines.split(separator: "\n").map { line in
            let text = line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "{\"filter\":\"\(text)\",\"options\":1}"
        }
        return "[\(entries.joined(separator: ","))]"
    }
}
