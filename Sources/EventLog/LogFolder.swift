/// The log's folder while no gateway has it open: for checks that change nothing.
package struct LogFolder: Sendable {
    private let directory: String
    private let files: any LogFiles
    /// Keeps a gateway from opening the folder meanwhile.
    private let lock: any Sendable

    /// Takes the folder until the last copy of this value is gone.
    ///
    /// - Parameters:
    ///   - directory: the log's folder.
    ///   - files: the file layer.
    /// - Throws: `EventLogError.inUse`, or why the folder cannot be read.
    package init(directory: String, files: any LogFiles = PosixLogFiles()) throws(EventLogError) {
        self.directory = directory
        self.files = files
        let lock: (any Sendable)?
        do throws(LogFileError) {
            lock = try files.lockDirectory(directory)
        } catch {
            throw .file(error)
        }
        guard let lock else { throw .inUse(directory: directory) }
        self.lock = lock
    }

    /// The topics in it, by name.
    package func topics() throws(EventLogError) -> [String] {
        do throws(LogFileError) {
            var topics: [String] = []
            for name in try self.files.list(self.directory).sorted() {
                // A topic that was being made when the gateway was killed is none yet.
                let entries = try? self.files.list("\(self.directory)/\(name)")
                if let entries, entries.contains(where: { LogFileNames.segmentNumber($0) != nil }) { topics.append(name) }
            }
            return topics
        } catch {
            throw .file(error)
        }
    }

    /// A topic's files.
    package func capture(_ topic: String) throws(EventLogError) -> TopicCapture {
        try TopicCapture(topic: topic, directory: "\(self.directory)/\(topic)", files: self.files)
    }
}
