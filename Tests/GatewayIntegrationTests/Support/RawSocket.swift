import Foundation
import Glibc

/// A TCP connection to loopback that sends any bytes; every wait has a limit. Not thread-safe.
final class RawSocket {
    /// What a socket does not give.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let descriptor: Int32
    /// Bytes received and not yet asked for.
    private var received: [UInt8] = []
    private var isAtEnd = false

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: of 127.0.0.1.
    ///   - receiveBufferBytes: what the kernel may hold for a client that does not read.
    /// - Throws: ``Failure``.
    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var bytes = receiveBufferBytes {
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = RawSocket.withLoopback(port: port) { Glibc.connect(self.descriptor, $0, $1) }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(self.descriptor)
            throw Failure(description: "port \(port) does not answer: \(reason)")
        }
        _ = fcntl(self.descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { Glibc.close(self.descriptor) }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) throws {
        guard try self.sendSome(bytes, within: limit) == bytes.count else {
            throw Failure(description: "the peer took no more bytes for \(limit)")
        }
    }

    /// Sends until the peer takes no more.
    ///
    /// - Parameters:
    ///   - bytes: to send.
    ///   - limit: how long to wait for room.
    /// - Returns: how many were sent in time.
    /// - Throws: ``Failure`` when the connection is gone.
    func sendSome(_ bytes: [UInt8], within limit: Duration) throws -> Int {
        let deadline = ContinuousClock.now + limit
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(self.descriptor, raw.baseAddress.map { $0 + sent }, raw.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == EINTR {
                guard self.wait(for: Int16(POLLOUT), until: deadline) else { return sent }
            } else {
                throw Failure(description: "the connection is gone: \(String(cString: strerror(errno)))")
            }
        }
        return sent
    }

    /// Receives exactly so many bytes.
    func receive(_ count: Int, within limit: Duration = .seconds(10)) throws -> [UInt8] {
        let deadline = ContinuousClock.now + limit
        while self.received.count < count {
            guard !self.isAtEnd else { throw Failure(description: "closed by the peer after \(self.received)") }
            guard self.fill(until: deadline) else {
                throw Failure(description: "waited \(limit) for \(count) bytes, have \(self.received)")
            }
        }
        defer { self.received.removeFirst(count) }
        return Array(self.received.prefix(count))
    }

    /// Receives until the peer closes; this is also how a test learns that it did.
    func receiveUntilClosed(within limit: Duration = .seconds(10)) throws -> [UInt8] {
        let deadline = ContinuousClock.now + limit
        while !self.isAtEnd {
            guard self.fill(until: deadline) else {
                throw Failure(description: "the peer did not close within \(limit)")
            }
        }
        defer { self.received.removeAll() }
        return self.received
    }

    static func withLoopback<R>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Reads once; `false` when nothing came in time. A reset is an end, too.
    private func fill(until deadline: ContinuousClock.Instant) -> Bool {
        guard self.wait(for: Int16(POLLIN), until: deadline) else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            self.received.append(contentsOf: buffer[..<count])
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            self.isAtEnd = true
        }
        return true
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        var request = pollfd(fd: self.descriptor, events: events, revents: 0)
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return false }
            let count = poll(&request, 1, Int32(min(left + 1, 1_000_000)))
            if count > 0 { return true }
        }
    }
}
