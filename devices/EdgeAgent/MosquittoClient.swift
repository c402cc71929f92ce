import CMosquitto
import COpenSSL
import EdgeCore
import Glibc

/// One connection to the gateway: a libmosquitto handle that lives from CONNECT to its end and is never reused.
///
/// Invariants:
/// - The handle is used by one thread, and freed on every failing path and in `deinit`. With it goes whatever the
///   library still wanted to send again by itself: what is sent again, and in which order, is the window's business.
/// - Certificates are verified, by ``TLSContext``. There is no way to switch that off.
/// - Callbacks only copy into the mailbox; the owner takes the events after each call.
final class MosquittoClient {
    enum Event: Equatable {
        case accepted
        case refused(code: Int32)
        case acknowledged(Int32)
        /// SUBACK: whether the gateway granted it.
        case subscribed(Int32, isGranted: Bool)
        case received(topic: String, payload: [UInt8])
    }

    struct Fault: Error, Equatable {
        var message: String
    }

    struct Options {
        var clientID: String
        var userName: String
        /// `nil` for a device that proves itself by its certificate.
        var password: String?
        var address: GatewayAddress
        /// Prepared for this connection; `nil` for none, which only this machine is.
        var tls: TLSContext?
        var keepAliveSeconds: Int
        var windowMessages: Int
    }

    /// What the callbacks leave behind; only touched on the owner's thread, inside its calls into the library.
    private final class Mailbox {
        var events: [Event] = []
        /// The library's last complaint, which has OpenSSL's reason in it.
        var complaint = ""
    }

    private static let libraryIsReady: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

    private let handle: OpaquePointer
    private let mailbox: Mailbox
    private let options: Options

    init(_ options: Options) throws(Fault) {
        guard Self.libraryIsReady else { throw Fault(message: "libmosquitto cannot be initialised") }
        let mailbox = Mailbox()
        let context = Unmanaged.passUnretained(mailbox).toOpaque()
        guard let handle = mosquitto_new(options.clientID, false, context) else {
            throw Fault(message: "libmosquitto refuses the client id: \(LinuxError.text(errno))")
        }
        self.handle = handle
        self.mailbox = mailbox
        self.options = options
        // From here on `deinit` frees the handle.
        mosquitto_username_pw_set(handle, options.userName, options.password)
        mosquitto_max_inflight_messages_set(handle, UInt32(options.windowMessages))
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        Self.setCallbacks(handle)
        if let tls = options.tls {
            // "Defaults" would be the library's own authorities, on top of ours.
            try self.check(mosquitto_int_option(handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0))
            try self.check(mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, UnsafeMutableRawPointer(tls.context)))
        }
    }

    deinit {
        mosquitto_destroy(self.handle)
    }

    /// Resolves the name, connects TCP (blocking, within ``ConnectLimit``) and sends CONNECT. CONNACK comes later.
    func connect() throws(Fault) {
        let address = self.options.address
        errno = 0
        let result = ConnectLimit.run {
            mosquitto_connect(self.handle, address.host, Int32(address.port), Int32(self.options.keepAliveSeconds))
        }
        try self.check(result)
    }

    /// The descriptor to poll; `nil` when the connection is gone.
    var socket: Int32? {
        let descriptor = mosquitto_socket(self.handle)
        return descriptor >= 0 ? descriptor : nil
    }

    var wantsToWrite: Bool { mosquitto_want_write(self.handle) }

    func read() throws(Fault) {
        repeat {
            errno = 0
            try self.check(mosquitto_loop_read(self.handle, 1))
        } while self.hasDecryptedBytes  // they are in OpenSSL's buffer, where poll cannot see them
    }

    func write() throws(Fault) {
        errno = 0
        try self.check(mosquitto_loop_write(self.handle, 1))
    }

    /// Keep-alive: call it about once a second.
    func keepAlive() throws(Fault) {
        errno = 0
        try self.check(mosquitto_loop_misc(self.handle))
    }

    /// Serves the connection until something happens, for callers that wait for nothing else.
    ///
    /// - Returns: What has happened, maybe nothing.
    func wait(atMost limit: Duration) throws(Fault) -> [Event] {
        guard let socket = self.socket else { throw Fault(message: "the connection is gone") }
        let events = Int16(self.wantsToWrite ? POLLIN | POLLOUT : POLLIN)
        var entry = pollfd(fd: socket, events: events, revents: 0)
        do throws(Fault) {
            if poll(&entry, 1, WakeEvent.milliseconds(limit)) > 0 {
                if entry.revents & Int16(POLLOUT) != 0 { try self.write() }
                if entry.revents & ~Int16(POLLOUT) != 0 { try self.read() }
            }
            try self.keepAlive()
        } catch {
            // What came before the end counts: a refusal says more than that the connection was closed after it.
            let events = self.takeEvents()
            guard events.isEmpty else { return events }
            throw error
        }
        return self.takeEvents()
    }

    /// Publishes at QoS 1; only after ``Event/accepted`` and before any fault.
    ///
    /// - Returns: The message id that PUBACK will name.
    func publish(_ body: [UInt8], to topic: String) throws(Fault) -> Int32 {
        var messageID: Int32 = 0
        try self.check(mosquitto_publish(self.handle, &messageID, topic, Int32(body.count), body, 1, false))
        return messageID
    }

    /// Subscribes at QoS 0; only after ``Event/accepted``. Topics of an identity's own hub are not queued anyway.
    ///
    /// - Returns: The message id that ``Event/subscribed(_:isGranted:)`` will name.
    @discardableResult
    func subscribe(_ topic: String) throws(Fault) -> Int32 {
        var messageID: Int32 = 0
        try self.check(mosquitto_subscribe(self.handle, &messageID, topic, 0))
        return messageID
    }

    /// Publishes at QoS 0: requests and answers, whose acknowledgement is the answer. Never a reading.
    func send(_ payload: [UInt8], to topic: String) throws(Fault) {
        try self.check(mosquitto_publish(self.handle, nil, topic, Int32(payload.count), payload, 0, false))
    }

    /// Sends DISCONNECT and closes, within a second.
    func disconnect() {
        guard mosquitto_disconnect(self.handle) == MOSQ_ERR_SUCCESS.code else { return }
        for _ in 0..<10 {
            guard let socket = self.socket, self.wantsToWrite else { return }
            var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            poll(&entry, 1, 100)
            guard mosquitto_loop_write(self.handle, 1) == MOSQ_ERR_SUCCESS.code else { return }
        }
    }

    /// What has happened since the last call, in order.
    func takeEvents() -> [Event] {
        defer { self.mailbox.events.removeAll(keepingCapacity: true) }
        return self.mailbox.events
    }

    private var hasDecryptedBytes: Bool {
        guard self.socket != nil, let ssl = mosquitto_ssl_get(self.handle) else { return false }
        return SSL_pending(OpaquePointer(ssl)) > 0
    }

    private static func setCallbacks(_ handle: OpaquePointer) {
        mosquitto_connect_callback_set(handle) { _, context, code in
            MosquittoClient.mailbox(context)?.events.append(code == 0 ? .accepted : .refused(code: code))
        }
        mosquitto_publish_callback_set(handle) { _, context, messageID in
            MosquittoClient.mailbox(context)?.events.append(.acknowledged(messageID))
        }
        mosquitto_subscribe_callback_set(handle) { _, context, messageID, count, granted in
            let isGranted = count > 0 && (granted.map { $0[0] < 0x80 } ?? false)
            MosquittoClient.mailbox(context)?.events.append(.subscribed(messageID, isGranted: isGranted))
        }
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let message = message?.pointee, let topic = message.topic else { return }
            let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(max(message.payloadlen, 0)))
            let event = Event.received(topic: String(cString: topic), payload: Array(payload))
            MosquittoClient.mailbox(context)?.events.append(event)
        }
        mosquitto_log_callback_set(handle) { _, context, level, text in
            guard let text, level & Int32(MOSQ_LOG_ERR | MOSQ_LOG_WARNING) != 0 else { return }
            MosquittoClient.mailbox(context)?.complaint = String(cString: text)
        }
    }

    private static func mailbox(_ context: UnsafeMutableRawPointer?) -> Mailbox? {
        context.map { Unmanaged<Mailbox>.fromOpaque($0).takeUnretainedValue() }
    }

    private func check(_ result: Int32) throws(Fault) {
        guard result != MOSQ_ERR_SUCCESS.code else { return }
        let number = errno
        let address = "\(self.options.address.host):\(self.options.address.port)"
        switch result {
        case MOSQ_ERR_ERRNO.code where number == EINTR:
            throw Fault(message: "\(address) does not answer")
        case MOSQ_ERR_ERRNO.code where number != 0:
            throw Fault(message: "\(address): \(LinuxError.text(number))")
        case MOSQ_ERR_EAI.code:
            throw Fault(message: "the host name '\(self.options.address.host)' cannot be resolved")
        case MOSQ_ERR_TLS.code:
            let complaint = self.mailbox.complaint.isEmpty ? "no reason given" : self.mailbox.complaint
            throw Fault(message: "TLS with \(address) failed: \(self.options.tls?.refusal ?? complaint)")
        case MOSQ_ERR_CONN_LOST.code:
            throw Fault(message: "\(address) closed the connection")
        default:
            throw Fault(message: "\(address): \(String(cString: mosquitto_strerror(result)))")
        }
    }
}

extension mosq_err_t {
    /// As the library's functions return it.
    fileprivate var code: Int32 { Int32(self.rawValue) }
}
