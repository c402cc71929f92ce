import COpenSSL
import EdgeCore
import Glibc

/// A TLS connection for one question and its answer: never blocks longer than its deadline, once the name is resolved.
///
/// Owns socket and OpenSSL handle; used by one thread. A signal ends whatever it waits for.
final class TLSStream {
    struct Fault: Error, Equatable {
        var message: String
    }

    private let socket: Int32
    private let ssl: OpaquePointer
    private let tls: TLSContext
    private let place: String
    private let clock: SystemClock
    private let deadline: Duration

    /// Resolves the context's host, connects and shakes hands.
    ///
    /// - Parameters:
    ///   - tls: Made for the host, and prepared.
    ///   - port: TCP port.
    ///   - clock: For the deadline.
    ///   - deadline: When everything has to be over, on `clock`.
    /// - Throws: What failed, in words; the reason why a certificate was refused.
    init(_ tls: TLSContext, port: Int, clock: SystemClock, deadline: Duration) throws(Fault) {
        let socket = try Self.connect(tls.host, port: port, clock: clock, deadline: deadline)
        guard let ssl = SSL_new(tls.context) else {
            close(socket)
            throw Fault(message: "OpenSSL has no memory")
        }
        self.socket = socket
        self.ssl = ssl
        self.tls = tls
        self.place = "\(tls.host):\(port)"
        self.clock = clock
        self.deadline = deadline
        // From here on `deinit` frees both.
        _ = weir_ssl_set_server_name(ssl, tls.host)
        SSL_set_fd(ssl, socket)
        try self.drive { SSL_connect(ssl) }
    }

    deinit {
        SSL_free(self.ssl)
        close(self.socket)
    }

    /// `TLSv1.3` and the like.
    var version: String { SSL_get_version(self.ssl).map { String(cString: $0) } ?? "TLS" }

    func write(_ bytes: [UInt8]) throws(Fault) {
        try self.drive { SSL_write(self.ssl, bytes, Int32(bytes.count)) }
    }

    /// What has come, into the buffer's beginning; 0 when the peer has closed.
    func read(into buffer: inout [UInt8]) throws(Fault) -> Int {
        let capacity = Int32(buffer.count)
        return Int(try self.drive { SSL_read(self.ssl, &buffer, capacity) })
    }

    /// The first of a host's addresses that takes a connection; not blocking.
    ///
    /// - Returns: The socket, which is the caller's.
    static func connect(_ host: String, port: Int, clock: SystemClock, deadline: Duration) throws(Fault) -> Int32 {
        let place = "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw Fault(message: "the host name '\(host)' cannot be resolved")
        }
        defer { freeaddrinfo(list) }
        var trouble = "\(place) has no address"
        var next = list
        while let address = next?.pointee {
            next = address.ai_next
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = Glibc.socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
            guard descriptor >= 0 else { continue }
            do throws(Fault) {
                if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0, errno != EINPROGRESS {
                    throw Fault(message: "\(place): \(LinuxError.text(errno))")
                }
                try Self.wait(for: descriptor, events: POLLOUT, place: place, at: clock, deadline: deadline)
                var number: Int32 = 0
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
                guard number == 0 else { throw Fault(message: "\(place): \(LinuxError.text(number))") }
                return descriptor
            } catch {
                close(descriptor)
                trouble = error.message
            }
        }
        throw Fault(message: trouble)
    }

    /// Calls OpenSSL until it is done, waiting for the socket in between; 0 when the peer has closed.
    @discardableResult
    private func drive(_ call: () -> Int32) throws(Fault) -> Int32 {
        while true {
            ERR_clear_error()
            errno = 0
            let result = call()
            if result > 0 { return result }
            let number = errno
            switch SSL_get_error(self.ssl, result) {
            case SSL_ERROR_WANT_READ: try self.wait(for: POLLIN)
            case SSL_ERROR_WANT_WRITE: try self.wait(for: POLLOUT)
            case SSL_ERROR_ZERO_RETURN: return 0
            case SSL_ERROR_SYSCALL where number != 0:
                throw Fault(message: "\(self.place): \(LinuxError.text(number))")
            default:
                let reason = self.tls.refusal ?? TLSContext.lastError ?? "the peer closed the connection"
                throw Fault(message: "TLS with \(self.place) failed: \(reason)")
            }
        }
    }

    private func wait(for events: Int32) throws(Fault) {
        try Self.wait(for: self.socket, events: events, place: self.place, at: self.clock, deadline: self.deadline)
    }

    private static func wait(
        for socket: Int32,
        events: Int32,
        place: String,
        at clock: SystemClock,
        deadline: Duration
    ) throws(Fault) {
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        let count = poll(&entry, 1, WakeEvent.milliseconds(deadline - clock.now))
        guard count >= 0 else { throw Fault(message: "\(place): interrupted") }
        guard count > 0 else { throw Fault(message: "\(place) does not answer") }
    }
}
