import Foundation

/// A library to preload into the agent that makes it believe to run on a board: all that it does with `/dev/i2c-*` goes to
/// an ``I2CEmulator``, the kernel's sensors are in a folder of the test's own instead of `/sys`, and its clocks are those
/// of a ``BoardClock``. So the real program and its real system calls are tested without hardware, on any time.
///
/// Compiled with the C compiler of the Swift toolchain or the system.
package enum BoardShim {
    struct CompileError: Error {
        var message: String
    }

    /// The compiler; `nil` when there is none, and then the tests that need it are skipped.
    package static let compiler: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for name in ["clang", "cc", "gcc"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        print("skipped: no C compiler for the preloaded board")
        return nil
    }()

    /// Its path for `LD_PRELOAD`; compiled once in a run of the tests, and gone with it.
    ///
    /// - Throws: When it does not compile.
    package static func library() throws -> String { try self.built.get() }

    private static let built: Result<String, any Error> = Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-shim-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-shim-\(getpid())")
            try? FileManager.default.removeItem(at: folder)
        }
        return try BoardShim.build(in: folder)
    }

    /// Compiles it into a folder.
    private static func build(in folder: URL) throws -> String {
        let library = folder.appendingPathComponent("board.so")
        var sources: [String] = []
        for (name, text) in [("buses.c", self.buses), ("clocks.c", self.clocks)] {
            let source = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: source)
            sources.append(source.path)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: self.compiler ?? "/nonexistent/cc")
        process.arguments = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library.path] + sources + ["-ldl"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CompileError(message: "the board's shim does not compile") }
        return library.path
    }
}
