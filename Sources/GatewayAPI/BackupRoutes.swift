import BackupFormat
import DeviceRegistry
import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import LogFormat
import NIOCore
import Synchronization
import TelemetryModel

/// A consistent copy of the running gateway as one tar archive: see ``BackupSource`` for what is in it.
///
/// The last entry is the manifest with every file's checksum; an archive without it is not complete. It holds the
/// policies' keys and the private keys: whoever may ask for it may do everything already.
struct BackupRoutes: Sendable {
    /// Bytes read and sent at once.
    private static let pieceBytes = 1 << 20

    let log: EventLog
    let identities: any IdentityStore
    let files: BlockingPool
    let configuration: APIConfiguration
    let place = BackupPlace()
    let now: @Sendable () -> Timestamp

    func add(to table: inout RouteTable) {
        table.add(.getBackup, use: self.backup)
    }

    @Sendable private func backup(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri, allowing: []).requireVersion()
        guard let folder = self.configuration.dataFolder else {
            throw HubError(.unavailable, "this gateway has no data folder to back up")
        }
        guard let turn = self.place.take() else {
            throw HubError(.backupRunning, "another backup is being made: wait for its end")
        }
        let telemetryTopic = self.configuration.telemetryTopic
        let source = try await self.files.run { [log, identities] in
            try BackupSource(folder: folder, log: log, telemetryTopic: telemetryTopic, identities: identities)
        }
        let time = self.now()
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-tar", .backupBytes: "\(source.bytes)", .connection: "close"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(turn) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await self.send(source, at: time) { try await writer.write($0) }
                }
                try await writer.finish(nil)
            }
        )
    }

    private func send(
        _ source: BackupSource,
        at time: Timestamp,
        write: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let seconds = UInt64(max(0, time.milliseconds / 1_000))
        var manifest = BackupManifest(time: "\(time)", version: self.configuration.version)
        for entry in source.entries {
            let header = TarHeader(name: entry.path, mode: entry.mode, size: entry.bytes, modified: seconds)
            try await write(ByteBuffer(bytes: header.blocks))
            var checksum: UInt32 = 0
            var position: UInt64 = 0
            while position < entry.bytes {
                try Task.checkCancellation()
                let (piece, sum) = try await self.files.run { [position, checksum] in
                    let piece = try entry.read(at: position, count: BackupRoutes.pieceBytes)
                    return (piece, piece.withUnsafeBytes { CRC32C.checksum($0, continuing: checksum) })
                }
                checksum = sum
                position += UInt64(piece.count)
                try await write(ByteBuffer(bytes: piece))
            }
            let padding = TarHeader.padding(after: entry.bytes)
            if padding > 0 { try await write(ByteBuffer(repeating: 0, count: padding)) }
            manifest.files.append(
                BackupManifest.File(path: entry.path, bytes: entry.bytes, checksum: checksum)
            )
        }
        let text = Array(manifest.text.utf8)
        let header = TarHeader(
            name: BackupManifest.fileName,
            mode: 0o600,
            size: UInt64(text.count),
            modified: seconds
        )
        var end = ByteBuffer(bytes: header.blocks + text)
        end.writeRepeatingByte(0, count: TarHeader.padding(after: UInt64(text.count)) + 2 * TarHeader.blockBytes)
        try await write(end)
    }
}

extension BackupSource.Entry {
    /// Up to `count` bytes from `position`; blocks.
    func read(at position: UInt64, count: Int) throws -> [UInt8] {
        switch self.contents {
        case .log(let file): try file.read(at: position, count: count)
        case .file(let file): try file.read(at: position, count: count)
        }
    }
}

/// Whether a backup is being made: one at a time, so that copies do not fight for the disk.
final class BackupPlace: Sendable {
    /// Given back when its last owner is gone.
    final class Turn: Sendable {
        private let place: BackupPlace

        fileprivate init(place: BackupPlace) {
            self.place = place
        }

        deinit {
            self.place.isTaken.withLock { $0 = false }
        }
    }

    private let isTaken = Mutex(false)

    /// The turn; `nil` while another has it.
    func take() -> Turn? {
        let isFree = self.isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        return isFree ? Turn(place: self) : nil
    }
}
