import BackupFormat
import Testing

@Suite("the manifest of a backup")
struct BackupManifestTests {
    static let manifest = BackupManifest(
        time: "2026-11-21T04:33:00.123Z",
        version: "0.3.0",
        files: [
            BackupManifest.File(path: "credentials.json", bytes: 9, checksum: 0xE306_9283),
            BackupManifest.File(path: "a name with spaces", bytes: 0, checksum: 0),
        ]
    )

    @Test("is read as it was written")
    func roundTrip() {
        let text = BackupManifestTests.manifest.text
        let head = "weir-backup 1\nmade 2026-11-21T04:33:00.123Z by weir 0.3.0\nfile e3069283 9 credentials.json\n"
        #expect(text.hasPrefix(head))
        #expect(BackupManifest(reading: Array(text.utf8)) == BackupManifestTests.manifest)
        let empty = BackupManifest(time: "t", version: "v")
        #expect(BackupManifest(reading: Array(empty.text.utf8)) == empty)
    }

    @Test("cut or flipped at any byte it is refused")
    func damage() {
        let bytes = Array(BackupManifestTests.manifest.text.utf8)
        for index in bytes.indices {
            #expect(BackupManifest(reading: Array(bytes[..<index])) == nil, "cut at \(index)")
            var flipped = bytes
            flipped[index] ^= 0x01
            #expect(BackupManifest(reading: flipped) == nil, "flipped at \(index)")
        }
    }
}
