import Foundation

/// The product's programs: they lie beside the test bundle, or where `WEIR_TEST_PROGRAMS` says.
enum BuiltProgram {
    static let weir = "\(BuiltProgram.folder)/weir"
    static let agent = "\(BuiltProgram.folder)/weir-agent"
    static let simulator = "\(BuiltProgram.folder)/weir-sim"

    /// The root of the package.
    static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()

    private static let folder =
        ProcessInfo.processInfo.environment["WEIR_TEST_PROGRAMS"]
        ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path()
}
