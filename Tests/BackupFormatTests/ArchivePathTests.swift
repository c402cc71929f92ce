import BackupFormat
import Testing

@Suite("paths in archives")
struct ArchivePathTests {
    @Test(
        "only relative paths that stay inside are made",
        arguments: [
            ("a", true), ("log/telemetry/0.log", true), ("a..b/.hidden", true), ("", false), ("/etc/passwd", false),
            ("../a", false), ("a/../../b", false), ("a/./b", false), ("a//b", false), ("a/", false), ("..", false),
            (".", false), ("a\u{0}b", false), (String(repeating: "a", count: 255), true),
            (String(repeating: "a", count: 256), false),
            (Array(repeating: String(repeating: "a", count: 204), count: 5).joined(separator: "/"), true),
            (Array(repeating: String(repeating: "a", count: 204), count: 5).joined(separator: "/") + "b", false),
        ]
    )
    func paths(path: String, isSafe: Bool) {
        #expect(ArchivePath.isSafe(path) == isSafe)
    }
}
