import HummingbirdCore
import Logging
import NIOCore
import TLSTransport

/// An accepted connection: TLS when the listener has it, then ``FirstRequestHandler``, then HTTP or a WebSocket.
struct APIChannel: ServerChildChannel {
    /// A connection and what becomes of it.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let outcome: EventLoopFuture<FirstRequestHandler.Outcome>
    }

    /// What ordinary connections are served with.
    let http: HTTP1Channel
    /// `nil` = no TLS.
    let tls: TLSContextSource?
    /// Takes the WebSockets; `nil` = there are none.
    let webSockets: (any WebSocketAccepting)?
    let places: ConnectionPlaces
    /// From accept to the end of the first request's head, TLS handshake included.
    let firstRequestTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let certificates = self.tls.map { _ in ClientCertificates() }
            let outcome = channel.eventLoop.makePromise(of: FirstRequestHandler.Outcome.self)
            let pipeline = channel.pipeline.syncOperations
            do {
                if let tls, let certificates { try pipeline.addHandler(certificates.makeHandler(context: tls.context)) }
                try pipeline.addHandler(
                    FirstRequestHandler(channel: self, certificates: certificates, outcome: outcome, logger: logger)
                )
            } catch {
                outcome.succeed(.gone)
                throw error
            }
            return Value(channel: channel, outcome: outcome.futureResult)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let outcome = await withTaskCancellationHandler {
            try? await value.outcome.get()  // fails when the connection is gone: nothing to serve
        } onCancel: {
            value.channel.close(promise: nil)
        }
        switch outcome {
        case .http(let connection): await self.http.handle(value: connection, logger: logger)
        case .gone, nil: break
        }
    }
}
