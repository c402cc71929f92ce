import EventLog
package import MQTTProtocol
package import TelemetryModel

extension MQTTServer {
    /// Where a listener binds.
    package struct Listener: Equatable, Sendable {
        /// An address or name of this machine.
        package var host: String
        /// 0 picks a free port.
        package var port: Int

        /// A listener.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Addresses and bounds of one endpoint. The numbers are the defaults.
    package struct Configuration: Sendable {
        /// MQTT over TCP; `nil` = off.
        package var tcp: Listener?
        /// MQTT over TLS; `nil` = off.
        package var tls: Listener?
        /// Accepted connections; above it CONNECT gets code 3. A little more sockets are let in to hear that, the rest
        /// is closed at accept.
        package var connectionsMax = 16_000
        /// CONNECTs of one event loop that wait for a decision; above it code 3.
        package var authenticationsMax = 1_000
        /// The same of one address; above it CONNECTs of that address wait in line, at most until the decision's deadline.
        package var authenticationsPerAddressMax = 64
        /// Deadlines of a connection's phases, and the longest silence.
        package var limits = ConnectionLifecycle.Limits()
        /// Bytes of the largest packet before CONNECT is accepted: user name, token and Will.
        package var connectPacketSizeMax = 16 << 10
        /// Bytes of the largest packet after that: a message at its limit behind the longest topic.
        package var packetSizeMax = 384 << 10
        /// Bytes of a message: payload, system property values, application property names and values.
        ///
        /// Source: contract iothub-mqtt section 4.
        package var messageSizeMax = 262_144
        /// Messages of one connection that wait for the disk; at the bound the server stops reading from it.
        package var inflightMessagesMax = 1_024
        /// Bytes of the same.
        package var inflightBytesMax = 1 << 20
        /// Bytes one connection may have brought that are not processed, beyond its largest packet; above it: close.
        package var inputBytesMax = 1 << 20
        /// Bytes that wait in the kernel to be sent to one client; above it they wait in the server.
        package var unsentBytesMax = 64 << 10
        /// Bytes that wait in the server for a client to read them; above it: close.
        package var outboundBytesMax = 256 << 10
        /// Bytes of deliveries that may wait in memory for all clients together, at the broker and in channels: above it a
        /// client that has not read what it got is given nothing more.
        package var unreadBytesMax = 256 << 20
        /// How long a client may leave answers unread before it is closed.
        package var outboundStallTimeout = Duration.seconds(30)
        /// How long PUBACK of a request to the hub waits for its answer, and the client is not read meanwhile.
        package var hubAnswerTimeout = Duration.seconds(2)
        /// QoS 1 and 2 publishes of an MQTT 5 client without their last answer; more close it. [MQTT-3.3.4-7]
        package var receiveMaximum: UInt16 = 1_000
        /// Topic aliases an MQTT 5 client may set; 0 = none.
        package var topicAliasMax: UInt16 = 32
        /// QoS 1 and 2 deliveries that wait for a client's answer, whatever more it allows.
        package var deliveryWindowMax: UInt16 = 1_000
        /// What a client that asks for response information is told to begin its response topics with; `nil` = nothing.
        package var responseInformation: String?
        /// How fast new connections are let in; those that wait are not read, so they cost no handshake.
        package var admission = AdmissionGate<UInt64>.Limits(
            rate: 1_000,
            burst: 2_000,
            lineMax: 20_000,
            patience: .seconds(60)
        )
        /// How long a peer whose credentials are refused waits for the answer.
        package var refusals = RefusalGate<String>.Limits(waitFirst: .milliseconds(250), waitMax: .seconds(4))
        /// Bytes of the largest WebSocket frame.
        package var webSocketFrameMax = 1 << 20
        /// Bytes staged in one turn of an event loop before they are handed to the log at once.
        package var stagedBytesMax = 4 << 20
        /// How long a graceful shutdown waits for acknowledgements.
        package var drainTimeout = Duration.seconds(10)
        /// Connections the kernel completes before they are accepted.
        package var backlog = 4_096
        /// Wall clock, for the end of credentials and for events.
        package var clock: @Sendable () -> Timestamp = EventLog.wallClock

        /// Listeners, everything else at its default.
        package init(tcp: Listener? = nil, tls: Listener? = nil) {
            self.tcp = tcp
            self.tls = tls
        }

        /// Sockets above ``connectionsMax`` that may wait for CONNACK with code 3.
        var socketsMax: Int { self.connectionsMax + max(64, self.connectionsMax / 16) }
    }
}
