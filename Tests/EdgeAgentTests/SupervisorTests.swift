import EdgeAgent
import EdgeCore
import Foundation
import Testing

@Suite("what systemd hears, sd_notify(3)")
struct SupervisorTests {
    /// A socket that takes datagrams, as systemd's.
    private final class Listener {
        let descriptor: Int32

        init(path: String) throws {
            self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                bytes.copyBytes(from: Array(path.utf8))
                if path.hasPrefix("@") { bytes[0] = 0 }
            }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
            let descriptor = self.descriptor
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            guard result == 0 else { throw TestBroker.SetupError(message: "no socket \(path)") }
            var timeout = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(self.descriptor) }

        func next() -> String {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(self.descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        }
    }

    @Test(
        "the watchdog's time is taken when it is ours and makes sense",
        arguments: [
            (["WATCHDOG_USEC": "120000000"], 120_000), (["WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "\(getpid())"], 120_000), ([:], nil),
            (["WATCHDOG_USEC": "x"], nil), (["WATCHDOG_USEC": "999"], nil), (["WATCHDOG_USEC": "1000"], 1),
            (["WATCHDOG_USEC": "99999999999999999999"], nil), (["WATCHDOG_USEC": "-5"], nil),
        ] as [([String: String], Int?)]
    )
    func watchdog(environment: [String: String], milliseconds: Int?) {
        let supervisor = Supervisor { environment[$0] }
        #expect(supervisor.watchdog?.interval == milliseconds.map { .milliseconds($0) })
    }

    @Test("lines reach a socket with a path and an abstract one; without a listener nothing happens")
    func sockets() throws {
        let folder = try TemporaryFolder()
        for name in [folder.url.path + "/notify", "@weir-agent-\(UUID().uuidString)"] {
            let listener = try Listener(path: name)
            Supervisor { $0 == "NOTIFY_SOCKET" ? name : nil }.tell("READY=1\nSTATUS=°")
            #expect(listener.next() == "READY=1\nSTATUS=°")
        }
        for name in ["", "relative", "/nowhere/notify", "/" + String(repeating: "x", count: 200)] {
            Supervisor { $0 == "NOTIFY_SOCKET" ? name : nil }.tell("READY=1")
        }
    }

    @Test("the agent is ready without a network, feeds the watchdog while it works, and says that it stops")
    func process() async throws {
        let folder = try TemporaryFolder()
        let name = folder.url.path + "/notify"
        let listener = try Listener(path: name)
        let text = """
            mqtt: {host: 127.0.0.1, port: 1}
            tls: {enabled: false}
            stop: {waitSeconds: 0}
            sensors: [{type: simulated}]
            """
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("agent.yaml"))
        let agent = try AgentProcess(
            ["run", "--config", "agent.yaml"],
            in: folder.url,
            environment: [
                "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "600000",
                "WEIR_AGENT_CONNECTION_STRING": "HostName=localhost;DeviceId=d;SharedAccessKey=YWJj",
            ]
        )
        #expect(listener.next() == "READY=1")
        for _ in 0..<3 { #expect(listener.next().hasPrefix("WATCHDOG=1\nSTATUS=")) }
        agent.terminate()
        var last = listener.next()
        while last.hasPrefix("WATCHDOG=1") { last = listener.next() }
        #expect(last == "STOPPING=1")
        #expect(await agent.exitStatus() == 0)
    }
}
