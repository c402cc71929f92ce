import COpenSSL
import EdgeCore
import Glibc

/// Asks the gateway for the time: one `GET /time` over TLS, on a connection of its own.
///
/// Blocks the calling thread, but never longer than ``limit`` after the host's name is resolved; a signal ends it.
struct TimeClient {
    struct Fault: Error, Equatable {
        var message: String
    }

    /// The whole exchange, seconds: long enough for a slow mobile link, short enough for nobody to wait.
    private static let limit: Duration = .seconds(15)

    let host: String
    let port: Int
    let clock: SystemClock

    /// - Parameter tls: Made for this host, and prepared.
    /// - Returns: What the gateway said, and how long it took from the request to the answer.
    /// - Throws: What failed, in words.
    func ask(_ tls: TLSContext) throws(Fault) -> (answer: TimeAnswer, roundTrip: Duration) {
        let deadline = self.clock.now + Self.limit
        let socket = try self.connect(by: deadline)
        defer { close(socket) }
        guard let ssl = SSL_new(tls.context) else { throw Fault(message: "OpenSSL has no memory") }
        defer { SSL_free(ssl) }
        _ = weir_ssl_set_server_name(ssl, self.host)
        SSL_set_fd(ssl, socket)
        try self.drive(ssl, socket, by: deadline, tls) { SSL_connect(ssl) }

        let request = TimeAnswer.request(host: self.port == 443 ? self.host : "\(self.host):\(self.port)")
        let start = self.clock.now
        try self.drive(ssl, socket, by: deadline, tls) { SSL_write(ssl, request, Int32(request.count)) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = try self.drive(ssl, socket, by: deadline, tls) { SSL_read(ssl, &chunk, Int32(chunk.count)) }
            bytes += chunk.prefix(Int(count))
            switch TimeAnswer.read(bytes, isEnded: count == 0) {
            case .incomplete: continue
            case .answer(let answer): return (answer, self.clock.now - start)
            case .fault(let message): throw Fault(message: "\(self.place): \(message)")
            }
        }
    }

    private var place: String { "\(self.host):\(self.port)" }

    /// The first of the host's addresses that takes a connection; not blocking.
    private func connect(by deadline: Duration) throws(Fault) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(self.host, String(self.port), &hints, &list) == 0 else {
            throw Fault(message: "the host name '\(self.host)' cannot be resolved")
        }
        defer { freeaddrinfo(list) }
        var trouble = "\(self.place) has no address"
        var next = list
        while let address = next?.pointee {
            next = address.ai_next
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
            guard descriptor >= 0 else { continue }
            do throws(Fault) {
                if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0, errno != EINPROGRESS {
                    throw Fault(message: "\(self.place): \(LinuxError.text(errno))")
                }
                try self.wait(for: descriptor, events: POLLOUT, by: deadline)
                var number: Int32 = 0
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
                guard number == 0 else { throw Fault(message: "\(self.place): \(LinuxError.text(number))") }
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
    private func drive(
        _ ssl: OpaquePointer,
        _ socket: Int32,
        by deadline: Duration,
        _ tls: TLSContext,
        _ call: () -> Int32
    ) throws(Fault) -> Int32 {
        while true {
            ERR_clear_error()
            errno = 0
            let result = call()
            if result > 0 { return result }
            let number = errno
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ: try self.wait(for: socket, events: POLLIN, by: deadline)
            case SSL_ERROR_WANT_WRITE: try self.wait(for: socket, events: POLLOUT, by: deadline)
            case SSL_ERROR_ZERO_RETURN: return 0
            case SSL_ERROR_SYSCALL where number != 0:
                throw Fault(message: "\(self.place): \(LinuxError.text(number))")
            default:
                let reason = tls.refusal ?? TLSContext.lastError ?? "the peer closed the connection"
                throw Fault(message: "TLS with \(self.place) failed: \(reason)")
            }
        }
    }

    private func wait(for socket: Int32, events: Int32, by deadline: Duration) throws(Fault) {
        let left = deadline - self.clock.now
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        let count = poll(&entry, 1, WakeEvent.milliseconds(left))
        guard count >= 0 else { throw Fault(message: "\(self.place): interrupted") }
        guard count > 0 else { throw Fault(message: "\(self.place) does not answer") }
    }
}
