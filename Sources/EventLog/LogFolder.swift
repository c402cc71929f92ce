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
                // A topic that was being made when the gateway was killed is none yet, one being deleted none any more.
                let entries = try? self.files.list("\(self.directory)/\(name)")
                let isDeleted = entries?.contains(LogFileNames.deletion) ?? false
                let isTopic = entries?.contains { LogFileNames.segmentNumber($0) != nil } ?? false
                if isTopic, !isDeleted { topics.append(name) }
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
