import GRDB

extension RegistryMigrations {
    /// Jobs with their devices, configurations with theirs.
    ///
    /// `deviceJob.status` is a ``DeviceJobStatus``. `configurationTarget.held` is what a configuration has, or may have,
    /// written into the twin. A deleted identity takes its targets along, so that one made again begins anew.
    static func jobsAndConfigurations(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE job (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, request BLOB NOT NULL, author TEXT NOT NULL,
                    status TEXT NOT NULL, createdMilliseconds INTEGER NOT NULL, startMilliseconds INTEGER NOT NULL,
                    startedMilliseconds INTEGER, endMilliseconds INTEGER, failureReason TEXT,
                    devices INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,
                    succeeded INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
                    listedUpTo TEXT, isListed INTEGER NOT NULL DEFAULT 0
                );
                CREATE INDEX jobOpen ON job (number) WHERE status IN ('scheduled', 'queued', 'running');
                CREATE TABLE deviceJob (
                    job INTEGER NOT NULL, device TEXT NOT NULL, module TEXT NOT NULL,
                    status INTEGER NOT NULL DEFAULT 0,
                    createdMilliseconds INTEGER NOT NULL, startMilliseconds INTEGER, endMilliseconds INTEGER,
                    outcome BLOB,
                    PRIMARY KEY (job, device, module)
                ) WITHOUT ROWID;
                CREATE INDEX deviceJobPending ON deviceJob (job, device, module) WHERE status = 0;
                CREATE INDEX deviceJobRunning ON deviceJob (job, device, module) WHERE status = 1;
                CREATE INDEX deviceJobOfDevice ON deviceJob (device, module, job);
                CREATE TABLE configuration (
                    id TEXT NOT NULL PRIMARY KEY, etag TEXT NOT NULL, body BLOB NOT NULL,
                    createdMilliseconds INTEGER NOT NULL, updatedMilliseconds INTEGER NOT NULL, results BLOB
                ) WITHOUT ROWID;
                CREATE TABLE configurationTarget (
                    device TEXT NOT NULL, module TEXT NOT NULL, configuration TEXT NOT NULL,
                    isApplied INTEGER NOT NULL, held BLOB NOT NULL,
                    PRIMARY KEY (device, module, configuration)
                ) WITHOUT ROWID;
                CREATE INDEX configurationTargetOf ON configurationTarget (configuration, isApplied);
                CREATE TRIGGER configurationTargetGone AFTER DELETE ON identity BEGIN
                    DELETE FROM configurationTarget WHERE device = OLD.device AND module = OLD.module;
                END;
                """
        )
    }
}
