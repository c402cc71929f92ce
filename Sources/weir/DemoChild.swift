import Foundation
import Glibc
import Synchronization

/// A program that the demo runs beside itself: its output is kept, its messages go to stderr.
final class DemoChild: Sendable {
    let name: String
    private let process: Int32
    private let exit: Task<Int32, Never>
    private let output: Task<[UInt8], Never>

    /// Starts a program.
    init(name: String, program: String, arguments: [String]) throws {
        self.name = name
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        let (exits, source) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            source.yield(process.terminationStatus)
            source.finish()
        }
        do {
            try process.run()
        } catch {
            throw CommandFailure("\(program) cannot be started: \(error)")
        }
        self.process = process.processIdentifier
        self.exit = Task { await exits.first { _ in true } ?? -1 }
        let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
        // A thread of its own: a read that blocks would take one of the few that all tasks share.
        let (outputs, outputSource) = AsyncStream<[UInt8]>.makeStream()
        Thread.detachNewThread {
            outputSource.yield(DemoChild.readAll(descriptor))
            outputSource.finish()
        }
        self.output = Task { await outputs.first { _ in true } ?? [] }
    }

    /// Asks the program to end.
    func stop() {
        kill(self.process, SIGTERM)
    }

    /// Waits for its end, or for the task's cancellation.
    func waitForExit() async {
        let (ends, source) = AsyncStream<Void>.makeStream()
        let waiter = Task {
            _ = await self.exit.value
            source.finish()
        }
        for await _ in ends {}
        waiter.cancel()
    }

    /// Its exit status and everything it printed.
    func result() async -> (status: Int32, output: [UInt8]) {
        (await self.exit.value, await self.output.value)
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        defer { close(descriptor) }
        var bytes = [UInt8]()
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
