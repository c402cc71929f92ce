import BackupFormat
import DeviceHub
import DeviceRegistry
import EventLog
import FoundationEssentials
import Glibc
import HubProtocol

/// Everything a backup holds, captured within moments and open, so that it can be sent as slowly as the client takes it.
///
/// ```
/// 1  streams/, tls/, keys …       what says how far the log was read, before the log
/// 2  log/_…                       the gateway's own topics: what sessions and consumers have not had yet
/// 3  log/TOPIC                    all others, each up to its last synced record
/// 4  kafka/, registry.sqlite      which producer ids are used, who is known: whoever is in the log is in it too
/// 5  log/twin-changes …           what the hub brings from the registry into the log: an event that is not in the copy
///                                 of the registry any more is in that of its topic
/// ```
/// So what is restored never knows of records that are not there. What is removed while the backup is sent (retention, a
/// topic deleted) is in it nevertheless: the files are open. A topic that is deleted while it is captured is left out;
/// one that could not be opened is copied as it lies there, and `weir restore` tells what is wrong with it.
///
/// Producers that number their batches: the snapshots beside the segments (`*.producers`) are copied like the indexes, and
/// are only a help; what is behind them, or all, is read from the batches in the copy. So a batch that is in the copy is
/// known again when it is resent. A producer that goes on where the original was, with batches in between that the copy
/// lacks, is refused (OUT_OF_ORDER_SEQUENCE_NUMBER) and begins anew: the gap is told, not hidden.
struct BackupSource: Sendable {
    /// A file and how to read it.
    struct Entry: Sendable {
        /// Its path in the data folder.
        var path: String
        var mode: UInt16
        var bytes: UInt64
        var contents: Contents
    }

    enum Contents: Sendable {
        case log(CapturedFile)
        case file(OpenFile)
    }

    /// Of the running gateway only, or copied in another way.
    private static let leftOut: Set<String> = ["log", "lock", "endpoints.json", kafkaFolder]
    private static let kafkaFolder = "kafka"
    private static let registryName = "registry.sqlite"

    let entries: [Entry]

    /// Captures the gateway's data; blocks.
    ///
    /// - Parameters:
    ///   - folder: the data folder.
    ///   - log: its log.
    ///   - telemetryTopic: the topic that the streams read.
    ///   - identities: its registry.
    /// - Throws: `EventLogError`, `RegistryError`, or `HubError` for a file that cannot be opened.
    init(folder: String, log: EventLog, telemetryTopic: String, identities: any IdentityStore) throws {
        var entries = try BackupSource.smallFiles(in: folder, below: "")
        let topics = log.topics
        let own = topics.filter { TopicRoutes.isHidden($0.name) }
        // What the streams read comes behind what they wrote: results of records that are not in the copy would be taken
        // for those of the records that get their offsets after the restore.
        let others = topics.filter {
            !TopicRoutes.isHidden($0.name) && $0.name != telemetryTopic && !DeviceHub.topics.contains($0.name)
        }
        let captures = try log.captureUnopened()
        for capture in captures { entries += BackupSource.entries(of: capture) }
        for topic in own + others + topics.filter({ $0.name == telemetryTopic }) {
            if let capture = try log.capture(topic) { entries += BackupSource.entries(of: capture) }
        }
        // Behind the log: else a restored gateway could give out a producer id that is in its log, and take the batches of
        // the new producer for repeats.
        if OpenFile.kind(of: "\(folder)/\(BackupSource.kafkaFolder)") == .folder {
            entries += try BackupSource.smallFiles(in: folder, below: BackupSource.kafkaFolder)
        }
        entries.append(try BackupSource.registry(identities, in: folder))
        for topic in topics where DeviceHub.topics.contains(topic.name) {
            if let capture = try log.capture(topic) { entries += BackupSource.entries(of: capture) }
        }
        self.entries = entries
    }

    /// Bytes of all contents.
    var bytes: UInt64 { self.entries.reduce(0) { $0 + $1.bytes } }

    private static func entries(of capture: TopicCapture) -> [Entry] {
        capture.files.map { file in
            Entry(path: "log/\(capture.topic)/\(file.name)", mode: 0o600, bytes: file.bytes, contents: .log(file))
        }
    }

    private static func smallFiles(in folder: String, below path: String) throws -> [Entry] {
        var entries: [Entry] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path.isEmpty ? folder : "\(folder)/\(path)")
            .sorted()
        {
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            let isOfRegistry = path.isEmpty && name.hasPrefix(registryName)
            let isOwn = path.isEmpty && leftOut.contains(name)
            let isCopy = path.isEmpty && RegistryCopyName.isOne(name)
            guard !isOfRegistry, !isOwn, !isCopy, !name.hasSuffix(".new"), ArchivePath.isSafe(inner),
                !inner.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { continue }
            switch OpenFile.kind(of: "\(folder)/\(inner)") {
            case .file:
                // Replaced by rename, so that an open one is whole. One that has gone meanwhile was not needed.
                guard let file = try OpenFile(path: "\(folder)/\(inner)") else { continue }
                entries.append(Entry(path: inner, mode: file.mode, bytes: file.bytes, contents: .file(file)))
            case .folder:
                entries += try smallFiles(in: folder, below: inner)
            case .other:
                continue
            }
        }
        return entries
    }

    /// A copy of the registry without a name: it goes when the backup is done, however it ends.
    private static func registry(_ identities: any IdentityStore, in folder: String) throws -> Entry {
        let path = "\(folder)/\(RegistryCopyName.make())"
        defer { for suffix in RegistryCopyName.suffixes { unlink(path + suffix) } }
        try identities.copy(to: path)
        guard let file = try OpenFile(path: path) else {
            throw HubError(.serverError, "the copy of the registry has disappeared")
        }
        return Entry(path: registryName, mode: 0o600, bytes: file.bytes, contents: .file(file))
    }
}
