import Foundation
import Testing

/// What strace saw of a process, as calls with their begin and end in one order.
struct SystemCallTrace {
    /// One call.
    struct Call {
        var name: String
        /// As strace writes it: strings and paths in hexadecimal.
        var text: String
        /// Line of the trace where it begins.
        var begin: Int
        /// Line of the trace where it has returned.
        var end: Int
        /// What it returned; `nil` when strace does not know.
        var result: Int?
    }

    /// The tracer's command line, before the program's: it runs beside, so that the process is the program itself.
    static func wrapper(output: String) -> [String] {
        [
            "strace", "-D", "-f", "-ttt", "-y", "-xx", "-s", "4096", "-o", output, "-e",
            "trace=fdatasync,write,writev,sendto,sendmsg,pwrite64,pwritev,pwritev2",
        ]
    }

    let calls: [Call]

    /// Reads a trace.
    init(path: String) throws {
        var calls: [Call] = []
        var unfinished: [Substring: Call] = [:]
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        for (number, line) in lines.enumerated() {
            let parts = line.split(separator: " ", maxSplits: 2)  // thread, time, call
            guard parts.count == 3 else { continue }
            let (thread, text) = (parts[0], parts[2])
            if text.hasPrefix("<... ") {
                guard var call = unfinished.removeValue(forKey: thread) else { continue }
                call.end = number
                call.text += text.drop { $0 != ">" }.dropFirst()
                call.result = SystemCallTrace.result(of: text)
                calls.append(call)
            } else if let bracket = text.firstIndex(of: "("), !text.hasPrefix("+++"), !text.hasPrefix("---") {
                let call = Call(
                    name: String(text[..<bracket]),
                    text: String(text),
                    begin: number,
                    end: number,
                    result: SystemCallTrace.result(of: text)
                )
                if text.hasSuffix("<unfinished ...>") { unfinished[thread] = call } else { calls.append(call) }
            }
        }
        self.calls = calls.sorted { $0.begin < $1.begin }
    }

    /// Bytes as strace writes them with `-xx`.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return #"\x"# + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func result(of text: Substring) -> Int? {
        guard let equals = text.range(of: " = ", options: .backwards) else { return nil }
        return Int(text[equals.upperBound...].prefix { $0 == "-" || $0.isNumber })
    }
}
