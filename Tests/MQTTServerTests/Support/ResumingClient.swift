import Foundation
import ServerTestSupport

/// A TLS client that shows a certificate, and then resumes its TLS session: Python's `ssl`, since NIOSSL cannot.
enum ResumingClient {
    private static let program = """
        import socket, ssl, sys
        version, port, certificate, key = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
        context.load_cert_chain(certificate, key)
        session, reused = None, []
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), 10) as plain:
                with context.wrap_socket(plain, session=session) as peer:
                    peer.sendall(bytes([0x10, 16, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 60, 0, 4]) + b"dev1")
                    peer.recv(4)
                    reused.append(peer.session_reused)
                    session = peer.session
        print(reused)
        """

    /// Connects twice; returns what Python says of which TLS session was resumed.
    static func run(version: String, port: Int) async throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-resume-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["certificate": TestTLS.certificate, "key": TestTLS.key]
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", self.program, version, "\(port)", folder.appending(path: "certificate").path(),
            folder.appending(path: "key").path(),
        ]
        let output = Pipe()
        process.standardOutput = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
