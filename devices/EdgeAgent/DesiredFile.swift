import EdgeCore
import Glibc
import TelemetryJSON

/// `desired.json` in the state folder: the desired properties that were good, for starts without a gateway.
///
/// `{"version":7,"accepted":{…}}`. Replaced whole: written beside it, synced, renamed. Read once, at the start; a file that
/// cannot be read is as none, for the twin has it all.
struct DesiredFile {
    private static let sizeMaxBytes = 65_536

    private let path: String

    init(in folder: String) {
        self.path = "\(folder)/desired.json"
    }

    /// The properties; empty when there are none.
    func load() -> JSONObject {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return JSONObject() }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.sizeMaxBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0, let document = try? JSONValue(parsing: bytes[..<count]) else { return JSONObject() }
        return document.object?["accepted"]?.object ?? JSONObject()
    }

    /// Keeps the properties; returns why that did not work, `nil` when it did.
    func save(_ accepted: JSONObject, version: Int64) -> String? {
        let document: JSONObject = ["version": .integer(version), "accepted": .object(accepted)]
        let bytes = document.bytes + [0x0A]
        let temporary = self.path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return "\(temporary): \(LinuxError.text(errno))" }
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard isWritten, rename(temporary, self.path) == 0 else {
            unlink(temporary)
            return "\(self.path): \(LinuxError.text(isWritten ? errno : number))"
        }
        return nil
    }
}
