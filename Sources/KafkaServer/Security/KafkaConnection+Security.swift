import CoreMetrics
import KafkaProtocol
import Logging
import NIOCore

/// SASL: handshake, then the mechanism's messages. A failure is answered late and the same, whatever was wrong.
///
/// Contract kafka §9.
extension KafkaConnection {
    func saslHandshake(_ request: SaslHandshakeRequest, _ handle: RequestHandle) {
        let mechanisms = SaslMechanism.allCases.map(\.rawValue)
        guard case .awaitingHandshake = self.authentication else {
            return self.answer(handle, SaslHandshakeAnswer(error: .illegalSASLState, mechanisms: mechanisms))
        }
        // Version 0 means raw tokens instead of SaslAuthenticate.
        guard handle.version >= 1, let mechanism = SaslMechanism(rawValue: request.mechanism) else {
            return self.answer(handle, SaslHandshakeAnswer(error: .unsupportedSASLMechanism, mechanisms: mechanisms))
        }
        if let hash = ScramHash(mechanism) {
            var random = SystemRandomNumberGenerator()
            self.authentication = .awaitingScramFirst(ScramServer(hash: hash, using: &random))
        } else {
            self.authentication = .awaitingPlain
        }
        self.answer(handle, SaslHandshakeAnswer(error: .noError, mechanisms: mechanisms))
    }

    func saslAuthenticate(_ request: SaslAuthenticateRequest, _ handle: RequestHandle) {
        if case .done = self.authentication {
            return self.answer(handle, SaslAuthenticateAnswer(error: .illegalSASLState))
        }
        let phase = exchange(&self.authentication, with: .deciding)
        do throws(SaslError) {
            switch phase {
            case .awaitingPlain:
                self.decide(try SaslPlainMessage(reading: request.token), handle)
            case .awaitingScramFirst(var server):
                self.challenge(try server.receivedFirst(request.token), server, handle)
            case .awaitingScramFinal(var server, let access):
                let success = try server.receivedFinal(request.token)
                guard let access else { return self.refuse(handle, reason: "unknown user") }
                self.accept(access, handle, token: success.message)
            case .awaitingHandshake, .deciding, .done:
                self.refuse(handle, reason: "SaslAuthenticate out of turn", error: .illegalSASLState)
            }
        } catch {
            self.refuse(handle, reason: "\(error)")
        }
    }

    private func decide(_ message: SaslPlainMessage, _ handle: RequestHandle) {
        let later = self.later
        let host = self.remoteHost
        Task { [authenticator = self.endpoint.authenticator] in
            let decision = await authenticator.authenticate(message, from: host)
            later { connection in
                switch decision {
                case .accepted(let access): connection.accept(access, handle)
                case .refused(let reason): connection.refuse(handle, reason: "\(message): \(reason)")
                case .unavailable(let reason):
                    connection.endpoint.logger.warning(
                        "a Kafka client cannot be authenticated",
                        metadata: ["host": "\(host)", "reason": "\(reason)"]
                    )
                    connection.close(.authenticationFailed)
                }
            }
        }
    }

    private func challenge(_ name: String, _ server: ScramServer, _ handle: RequestHandle) {
        let later = self.later
        let secret = self.endpoint.scramSecret
        Task { [authenticator = self.endpoint.authenticator] in
            let user = await authenticator.scramUser(name, hash: server.hash)
            let credential =
                user?.credential ?? ScramCredential(ofUnknown: name, hash: server.hash, secret: secret)
            later { connection in
                var server = server
                do throws(SaslError) {
                    let token = try server.challenge(credential)
                    connection.authentication = .awaitingScramFinal(server, user?.access)
                    connection.answer(handle, SaslAuthenticateAnswer(error: .noError, token: token))
                } catch {
                    connection.refuse(handle, reason: "user \(name): \(error)")
                }
            }
        }
    }

    private func accept(_ access: KafkaAccess, _ handle: RequestHandle, token: ByteBuffer = ByteBuffer()) {
        guard self.closeReason == nil else { return }
        self.authentication = .done(access)
        self.decoder.frameBytesMax = self.endpoint.configuration.requestBytesMax
        self.endpoint.logger.debug(
            "Kafka client authenticated",
            metadata: ["host": "\(self.remoteHost)", "name": "\(access.principal.name)"]
        )
        self.answer(handle, SaslAuthenticateAnswer(error: .noError, token: token))
    }

    private func refuse(
        _ handle: RequestHandle,
        reason: String,
        error: KafkaError = .saslAuthenticationFailed
    ) {
        guard self.closeReason == nil else { return }
        self.endpoint.metrics.authenticationFailures.increment()
        self.endpoint.logger.info(
            "Kafka client refused",
            metadata: ["host": "\(self.remoteHost)", "reason": "\(reason)"]
        )
        let later = self.later
        self.loop.eventLoop.scheduleTask(in: TimeAmount(self.endpoint.configuration.refusalDelay)) {
            later { connection in
                let answer = SaslAuthenticateAnswer(error: error, message: "authentication failed")
                connection.answer(handle, answer, closes: .authenticationFailed)
            }
        }
    }
}
