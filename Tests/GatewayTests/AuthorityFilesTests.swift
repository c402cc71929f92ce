import FoundationEssentials
import Glibc
import Testing
import X509

@testable import Gateway

@Suite("the built-in CA on the disk")
struct AuthorityFilesTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    /// A folder with a CA that has taken another's place.
    private static func replaced(
        _ body: (_ folder: DataFolder, _ first: AuthoritySuccession, _ second: AuthoritySuccession) throws -> Void
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-tls-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder(path: path)
        let files = AuthorityFiles(folder: folder)
        #expect(try files.read()?.trusted == nil)
        let first = AuthoritySuccession(try CertificateAuthority(makingAt: self.now))
        try files.write(first)
        let second = try first.replaced(
            by: try CertificateAuthority(makingAt: self.now),
            trustsFormer: true,
            at: self.now
        )
        try files.write(second)
        try body(folder, first, second)
    }

    @Test("what was written is read: the CA in use, those before it, and the links")
    func roundTrip() throws {
        try Self.replaced { folder, _, second in
            let found = try #require(try AuthorityFiles(folder: folder).read())
            #expect(found.trusted == second.trusted && found.links == second.links)
            #expect(try found.current.keyPEM == second.current.keyPEM)
            #expect(try folder.read("tls/ca-key-next.pem") == nil)
            var status = stat()
            #expect(stat(folder.file("tls/ca-key.pem"), &status) == 0 && status.st_mode & 0o777 == 0o600)
            try AuthorityFiles(folder: folder).write(second.withoutFormer)
            let last = try #require(try AuthorityFiles(folder: folder).read())
            #expect(last.trusted.count == 1 && last.links.isEmpty)
            #expect(try folder.read("tls/ca-links.pem") == nil)
        }
    }

    @Test("a crash at any write leaves the old CA or the new one, each with its key")
    func crash() throws {
        try Self.replaced { folder, first, second in
            let files = AuthorityFiles(folder: folder)
            // Before ca.pem: the next key is beside it.
            try folder.replace("tls/ca.pem", with: try CertificateAuthority.pem(first.trusted).utf8)
            try folder.replace("tls/ca-key.pem", with: try first.current.keyPEM.utf8)
            try folder.replace("tls/ca-key-next.pem", with: try second.current.keyPEM.utf8)
            #expect(try files.read()?.trusted == first.trusted)
            #expect(try folder.read("tls/ca-key-next.pem") == nil)
            // Behind it: the key is not in its place yet.
            try folder.replace("tls/ca.pem", with: try CertificateAuthority.pem(second.trusted).utf8)
            try folder.replace("tls/ca-key-next.pem", with: try second.current.keyPEM.utf8)
            #expect(try files.read()?.trusted == second.trusted)
            #expect(try folder.read("tls/ca-key.pem") == Array(try second.current.keyPEM.utf8))
            #expect(try files.read()?.current.keyPEM == second.current.keyPEM)
        }
    }

    @Test("a key of another CA is one sentence that says what to restore")
    func foreign() throws {
        try Self.replaced { folder, first, _ in
            try folder.replace("tls/ca-key.pem", with: try first.current.keyPEM.utf8)
            let error = #expect(throws: StartError.self) { try AuthorityFiles(folder: folder).read() }
            #expect(error?.description.contains("restore ca.pem and ca-key.pem") == true)
        }
    }
}
