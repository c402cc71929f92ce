import Foundation
import TestSupport

/// An HTTPS server that answers every `GET /time` with what the file `time` in a folder holds: `openssl s_server -HTTP`.
///
/// Stands for the gateway where only the agent is tested.
final class TestTimeServer {
    let port: Int
    private let folder: URL
    private let process = Process()
    private let output: URL

    /// - Parameters:
    ///   - folder: Has the certificate and the key; the file `time` is written into it.
    ///   - certificate: The name of `NAME.pem` and `NAME.key`.
    /// - Throws: When it does not start.
    init(in folder: URL, certificate: String = "server") async throws {
        self.folder = folder
        self.output = folder.appendingPathComponent("time-\(UUID().uuidString).log")
        try Data().write(to: self.output)
        self.process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        self.process.arguments = [
            "s_server", "-HTTP", "-accept", "0", "-naccept", "1000", "-cert", "\(certificate).pem", "-key",
            "\(certificate).key",
        ]
        self.process.currentDirectoryURL = folder
        self.process.standardInput = Pipe()
        self.process.standardOutput = try FileHandle(forWritingTo: self.output)
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        let output = self.output
        func accepts() -> Int? {
            // "ACCEPT [::]:44379"
            guard let text = try? String(contentsOf: output, encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }),
                text.contains("\n")
            else { return nil }
            return line.split(separator: ":").last.flatMap { Int($0) }
        }
        do {
            try await eventually("openssl s_server accepts") { accepts() != nil }
        } catch {
            kill(self.process.processIdentifier, SIGKILL)
            throw error
        }
        self.port = accepts() ?? 0
    }

    deinit {
        kill(self.process.processIdentifier, SIGKILL)
    }

    /// What it says from now on: the gateway's own answer. Until the first call every request is an error without time.
    func says(_ date: Date) throws {
        let milliseconds = Int64(date.timeIntervalSince1970 * 1_000)
        let body = #"{"time":"","unixMilliseconds":\#(milliseconds)}"#
        try self.answers("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// A whole answer, as it is sent.
    func answers(_ text: String) throws {
        try Data(text.utf8).write(to: self.folder.appendingPathComponent("time"), options: .atomic)
    }
}
