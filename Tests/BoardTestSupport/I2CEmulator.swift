package import Foundation
import SensorKit
package import SensorTestSupport
import Synchronization

/// Adapters `/dev/i2c-*` with fake chips for a program that has ``BoardShim`` preloaded.
///
/// One thread takes connections, one serves each: a connection is an open descriptor of the program. Adapters come and
/// go, and their buses have the faults of ``FakeI2CBus``.
package final class I2CEmulator: Sendable {
    /// One adapter; its bus is used by one connection at a time, as a real one.
    package final class Adapter: Sendable {
        private struct State: ~Copyable {
            var bus: FakeI2CBus
            var isPresent = true
            var isHeld = false
            var opens = 0
            var openNow = 0
        }

        private let state: Mutex<State>

        init(clock: BoardClock) {
            self.state = Mutex(State(bus: FakeI2CBus(clock: clock)))
        }

        /// Looks at or changes the bus and what is on it, between two transfers.
        package func withBus<Result: Sendable>(_ body: @Sendable (FakeI2CBus) throws -> Result) rethrows -> Result {
            try self.state.withLock { try body($0.bus) }
        }

        /// Whether it is plugged in. Open descriptors of one that was pulled out never work again.
        package func plug(_ isPresent: Bool) {
            self.state.withLock { $0.isPresent = isPresent }
        }

        /// Descriptors the program has open now, and how often it opened one.
        package var descriptors: (openNow: Int, opens: Int) { self.state.withLock { ($0.openNow, $0.opens) } }

        /// Lets every transfer wait, in the program's system call, until it is called with `false`.
        package func hold(_ isHeld: Bool) {
            self.state.withLock { $0.isHeld = isHeld }
        }

        func open() -> Int32 {
            self.state.withLock { state in
                guard state.isPresent else { return -ENOENT }
                if state.bus.broken == .permission { return -EACCES }
                state.opens += 1
                state.openNow += 1
                return 0
            }
        }

        func closed() {
            self.state.withLock { $0.openNow -= 1 }
        }

        func claim(_ address: UInt8) -> Int32 {
            self.state.withLock { state in
                guard state.isPresent else { return -ENODEV }
                return Self.result { () throws(SensorFault) in try state.bus.claim(address) }
            }
        }

        /// Does the messages of one combined transfer; a descriptor from before an unplugging gets ENODEV for ever.
        func transfer(_ messages: [Message]) -> (result: Int32, bytes: [UInt8]) {
            while true {
                if let done = self.transferUnlessHeld(messages) { return done }
                usleep(1_000)
            }
        }

        private func transferUnlessHeld(_ messages: [Message]) -> (result: Int32, bytes: [UInt8])? {
            self.state.withLock { state in
                guard !state.isHeld else { return nil }
                guard state.isPresent else { return (-ENODEV, []) }
                var bytes: [UInt8] = []
                for message in messages {
                    let result = Self.result { () throws(SensorFault) in
                        if message.isRead {
                            bytes += try state.bus.read(message.count, from: message.address)
                        } else {
                            try state.bus.write(message.bytes, to: message.address)
                        }
                    }
                    if result < 0 { return (result, []) }
                }
                return (Int32(messages.count), bytes)
            }
        }

        /// Faults as the error numbers that the Pi's controller gives.
        private static func result(_ body: () throws(SensorFault) -> Void) -> Int32 {
            do throws(SensorFault) {
                try body()
                return 0
            } catch {
                switch error.reason {
                case .nack: return -EREMOTEIO
                case .timeout: return -ETIMEDOUT
                case .arbitration: return -EAGAIN
                case .claimed: return -EBUSY
                case .adapterGone: return -ENODEV
                case .permission: return -EACCES
                default: return -EIO
                }
            }
        }
    }

    struct Message {
        var address: UInt8
        var isRead: Bool
        var count: Int
        var bytes: [UInt8] = []
    }

    private let socketPath: String
    /// The kernel's folders of sensors are looked for in here: `sys/class/hwmon` and so on.
    private let folder: URL
    private let listener: Int32
    private let clock: BoardClock
    private let adapters = Mutex<[String: Adapter]>([:])

    /// Puts its socket into `folder`.
    ///
    /// - Parameters:
    ///   - folder: Of the test's own.
    ///   - clock: The chips' time, and the program's.
    /// - Throws: When there can be no socket.
    package init(in folder: URL, clock: BoardClock) throws {
        self.clock = clock
        self.folder = folder
        self.socketPath = folder.appendingPathComponent("i2c").path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(self.socketPath.utf8)
        precondition(path.count < MemoryLayout.size(ofValue: address.sun_path), "the path is too long for a socket")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let isListening = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 64) == 0
            }
        }
        guard isListening else { throw CocoaError(.fileWriteUnknown) }
        let thread = Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    close(connection)
                    return
                }
                let server = Thread { [weak self] in
                    self?.serve(connection)
                    close(connection)
                }
                server.start()
            }
        }
        thread.start()
    }

    /// The same with a clock of its own, `speed` times as fast as the machine's.
    package convenience init(in folder: URL, speed: Int = 1) throws {
        try self.init(in: folder, clock: BoardClock(in: folder, speed: speed))
    }

    deinit {
        shutdown(self.listener, Int32(SHUT_RDWR))
        close(self.listener)
    }

    /// An adapter that is there from now on.
    package func adapter(_ path: String) -> Adapter {
        self.adapters.withLock { adapters in
            let adapter = adapters[path] ?? Adapter(clock: self.clock)
            adapters[path] = adapter
            return adapter
        }
    }

    /// What the program needs in its environment.
    ///
    /// - Parameter library: Of ``BoardShim``.
    /// - Returns: Variables.
    package func environment(library: String) -> [String: String] {
        var environment = self.clock.environment
        environment["LD_PRELOAD"] = library
        environment["WEIR_I2C_SOCKET"] = self.socketPath
        environment["WEIR_SYSFS"] = self.folder.path
        return environment
    }

    private func serve(_ connection: Int32) {
        var adapter: Adapter?
        defer { adapter?.closed() }
        /// Set when the adapter was pulled out under this descriptor.
        var isDead = false
        while let head = Self.take(5, from: connection) {
            let length = head[1...].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard let payload = Self.take(length, from: connection) else { return }
            var result: Int32 = -ENODEV
            var answer: [UInt8] = []
            switch (head[0], adapter) {
            case (1, _):
                let found = self.adapters.withLock { $0[String(decoding: payload, as: UTF8.self)] }
                result = found?.open() ?? -ENOENT
                if result == 0 { adapter = found }
            case (_, nil): break
            case (_, _?) where isDead: break
            case (2, let adapter?): result = adapter.claim(payload[0])
            case (3, _?):
                result = 0
                answer = [1, 0, 0, 0, 0, 0, 0, 0]  // I2C_FUNC_I2C
            case (_, let adapter?): (result, answer) = adapter.transfer(Self.messages(in: payload))
            }
            if result == -ENODEV { isDead = true }
            let head = withUnsafeBytes(of: (result, Int32(answer.count))) { Array($0) }
            guard Self.give(head + answer, to: connection) else { return }
        }
    }

    private static func messages(in payload: [UInt8]) -> [Message] {
        func number(_ index: Int) -> Int { Int(payload[index]) | Int(payload[index + 1]) << 8 }
        var messages: [Message] = []
        var index = 2
        for _ in 0..<number(0) {
            var message = Message(
                address: UInt8(number(index)),
                isRead: number(index + 2) & 1 != 0,
                count: number(index + 4)
            )
            index += 6
            if !message.isRead {
                message.bytes = Array(payload[index..<index + message.count])
                index += message.count
            }
            messages.append(message)
        }
        return messages
    }

    private static func take(_ count: Int, from connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                recv(connection, $0.baseAddress?.advanced(by: done), count - done, 0)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { return nil }
            done += result
        }
        return bytes
    }

    private static func give(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let result = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { return false }
            done += result
        }
        return true
    }
}
