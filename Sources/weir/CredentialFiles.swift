import FoundationEssentials
import Glibc

/// What a device is given, in one folder:
///
///     NAME.pem       its certificate
///     NAME-key.pem   its private key, mode 0600; not there when the key was made elsewhere
///     NAME-ca.pem    what it trusts: the CA of the gateway; not there when that has a server certificate of another CA
struct CredentialFiles {
    let certificate: String
    let key: String
    let trust: String
    private let folder: String

    /// Files of a device or module; nothing is made yet. A module's name has `-` where its id has `/`.
    init(of id: String, in folder: String) {
        let name = id.replacing("/", with: "-")
        self.folder = folder.isEmpty ? "." : folder
        self.certificate = "\(self.folder)/\(name).pem"
        self.key = "\(self.folder)/\(name)-key.pem"
        self.trust = "\(self.folder)/\(name)-ca.pem"
    }

    /// Makes the folder, and checks that nothing is lost.
    ///
    /// - Parameter replaces: whether files that are there give way.
    /// - Throws: `CommandFailure`.
    func prepare(replaces: Bool) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        } catch {
            throw OutputFile.failure(self.folder, "made")
        }
        guard access(self.folder, W_OK) == 0 else { throw OutputFile.failure(self.folder, "written") }
        guard !replaces else { return }
        for path in [self.certificate, self.key] where access(path, F_OK) == 0 {
            throw CommandFailure("\(path) is there already: `weir ca renew NAME --out DIR` puts another in its place")
        }
    }

    /// Writes all of them, and makes them durable.
    ///
    /// - Parameters:
    ///   - certificate: PEM.
    ///   - key: PEM; `nil` leaves the file alone.
    ///   - trust: PEM; `nil` leaves the file alone.
    /// - Throws: `CommandFailure`.
    func write(certificate: String, key: String?, trust: String?) throws(CommandFailure) {
        var files: [(path: String, text: String, mode: mode_t)] = [(self.certificate, certificate, 0o644)]
        if let trust { files.append((self.trust, trust, 0o644)) }
        if let key { files.append((self.key, key, 0o600)) }
        for file in files {
            unlink("\(file.path).new")
            let output = try OutputFile(path: "\(file.path).new", mode: file.mode)
            let bytes = Array(file.text.utf8)
            do {
                try bytes.withUnsafeBytes { try output.write($0) }
            } catch let error as CommandFailure {
                throw error
            } catch {
                throw CommandFailure("\(file.path) cannot be written: \(error)")
            }
            try output.sync()
        }
        for file in files {
            guard rename("\(file.path).new", file.path) == 0 else { throw OutputFile.failure(file.path, "written") }
        }
        try OutputFile.syncFolder(self.folder)
    }
}
