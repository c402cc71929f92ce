import Foundation
import TestSupport

/// Debian's mosquitto with TLS and a certificate authority of its own, on a free loopback port.
///
/// Stands for the gateway where only the agent is tested; the gateway's own tests run the agent against the gateway.
final class TestBroker {
    static let program = "/usr/sbin/mosquitto"

    /// Whether the tests can run; says what is missing when not.
    static let isInstalled: Bool = {
        let missing = [program, "/usr/bin/openssl"].filter { !FileManager.default.isExecutableFile(atPath: $0) }
        if !missing.isEmpty { print("skipped: \(missing.joined(separator: ", ")) not installed") }
        return missing.isEmpty
    }()

    let folder: URL
    let port: Int
    private var process: Process?

    struct SetupError: Error {
        var message: String
    }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.port = try Self.freePort()
        try self.makeCertificates()
        try Data(
            """
            listener \(self.port) 127.0.0.1
            cafile ca.pem
            certfile server.pem
            keyfile server.key
            allow_anonymous true
            persistence false
            log_type all
            user root

            """.utf8
        ).write(to: self.folder.appendingPathComponent("broker.conf"))
    }

    /// From its next start on it takes nobody without a certificate of its authority.
    func requireCertificates() throws {
        let file = self.folder.appendingPathComponent("broker.conf")
        let text = try String(contentsOf: file, encoding: .utf8)
        try self.write(text + "require_certificate true\n", to: "broker.conf")
    }

    deinit {
        self.kill()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Everything the broker has logged, over all its starts.
    var log: String { (try? String(contentsOf: self.logFile, encoding: .utf8)) ?? "" }

    private var logFile: URL { self.folder.appendingPathComponent("broker.log") }

    /// Starts it and waits until it listens.
    func start() async throws {
        if !FileManager.default.fileExists(atPath: self.logFile.path) { try Data().write(to: self.logFile) }
        let handle = try FileHandle(forWritingTo: self.logFile)
        handle.seekToEndOfFile()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["-c", "broker.conf"]
        process.currentDirectoryURL = self.folder
        process.standardOutput = handle
        process.standardError = handle
        let starts = self.count("running")
        try process.run()
        self.process = process
        try await eventually("mosquitto runs") { self.count("running") > starts }
    }

    /// Ends it at once, as a power cut would.
    func kill() {
        guard let process = self.process else { return }
        if process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        self.process = nil
    }

    /// Stops it in its tracks: it takes bytes and answers nothing.
    func freeze() {
        if let process = self.process { Foundation.kill(process.processIdentifier, SIGSTOP) }
    }

    func thaw() {
        if let process = self.process { Foundation.kill(process.processIdentifier, SIGCONT) }
    }

    /// How often the log has a text.
    func count(_ text: String) -> Int {
        self.log.components(separatedBy: text).count - 1
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: self.folder.appendingPathComponent(name))
    }

    private func makeCertificates() throws {
        try self.write("subjectAltName=DNS:localhost\n", to: "names")
        try self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj /CN=test-ca -days 2"
        )
        try self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key -out other.pem -subj /CN=other -days 2"
        )
        try self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=localhost"
        )
        try self.openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names"
        )
    }

    /// Publishes something by `mosquitto_pub`.
    func publish(_ payload: String, to topic: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/mosquitto_pub")
        process.arguments = [
            "-h", "localhost", "-p", "\(self.port)", "--cafile", "ca.pem", "-q", "1", "-t", topic, "-m", payload,
        ]
        process.currentDirectoryURL = self.folder
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SetupError(message: "mosquitto_pub to \(topic) failed") }
    }

    /// Makes a certificate, signed by the broker's authority: `NAME.pem` and `NAME.key`.
    func makeCertificate(_ name: String) throws {
        try self.makeRequest(name)
        try self.openssl(
            "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -out \(name).pem -days 2 -extfile names"
        )
    }

    /// Makes a certificate that was valid in 2020 only, and the older authority that signed it: `old-ca.pem`.
    func makeExpiredCertificate(_ name: String) throws {
        try self.write(
            """
            [ca]
            default_ca = authority
            [authority]
            database = index.txt
            serial = serial
            new_certs_dir = .
            default_md = sha256
            policy = any
            x509_extensions = leaf
            [any]
            commonName = supplied
            [leaf]
            subjectAltName = DNS:localhost
            [root]
            basicConstraints = critical,CA:true

            """,
            to: "ca.conf"
        )
        try self.write("", to: "index.txt")
        try self.write("1000", to: "serial")
        try self.makeRequest("old-ca")
        try self.openssl(
            "ca -config ca.conf -batch -notext -selfsign -extensions root -in old-ca.csr -keyfile old-ca.key -out old-ca.pem "
                + "-startdate 190101000000Z -enddate 490101000000Z"
        )
        try self.makeRequest(name)
        try self.openssl(
            "ca -config ca.conf -batch -notext -in \(name).csr -cert old-ca.pem -keyfile old-ca.key -out \(name).pem "
                + "-startdate 200101000000Z -enddate 210101000000Z"
        )
    }

    private func makeRequest(_ name: String) throws {
        try self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)"
        )
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = self.folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SetupError(message: "openssl \(arguments) failed") }
    }

    /// A port that was free a moment ago; mosquitto cannot be given port 0.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bytes in
                bind(descriptor, bytes, length) == 0 && getsockname(descriptor, bytes, &length) == 0
            }
        }
        guard result else { throw SetupError(message: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
