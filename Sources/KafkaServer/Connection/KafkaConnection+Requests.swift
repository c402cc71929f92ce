import CoreMetrics
import KafkaProtocol
import NIOCore

extension KafkaConnection {
    /// Carries out a request whose turn has come.
    func begin(_ request: HeldRequest) {
        let header = request.header
        let verdict = APIVersionTable.verdict(header)
        guard self.mayServe(header.api) else {
            self.endpoint.requestBytes.give(back: request.budgetBytes)
            return self.close(.notAuthenticated)
        }
        let ticket = self.order.begin(isShared: header.api == .produce)
        let handle = RequestHandle(
            number: ticket.number,
            correlationID: header.correlationID,
            version: header.version
        )
        self.workBudgetBytes[handle.number] = request.budgetBytes
        self.lastRequestAt = .now()
        do throws(KafkaWireError) {
            switch verdict {
            case .serve(let key):
                self.endpoint.metrics.requested(key)
                var body = request.body
                try self.serve(Request(key, version: header.version, reading: &body), header, handle)
            case .answerVersions:
                self.endpoint.metrics.requestErrors.increment()
                // In the shape of version 0, which is how the client asks again. Contract kafka §2.
                self.answer(handle, ApiVersionsAnswer(error: .unsupportedVersion))
            case .refuse(let key):
                self.endpoint.metrics.requestErrors.increment()
                var body = request.body
                if let refusal = try VersionRefusal(of: key, version: header.version, reading: &body) {
                    self.answer(handle, refusal)
                } else {
                    self.complete(handle, KafkaReply())
                }
            case .close:
                self.close(.unknownRequest)
            }
        } catch {
            self.fail(error)
        }
    }

    private func serve(_ request: Request, _ header: RequestHeader, _ handle: RequestHandle) {
        if case .produce(let request) = request { return self.produce(request, handle) }
        // What is kept of other requests are copies: the frame is free.
        self.giveBackWorkBudget(handle)
        switch request {
        case .produce: break
        case .fetch(let request): self.fetch(request, handle)
        case .listOffsets(let request): self.listOffsets(request, handle)
        case .metadata(let request): self.metadata(request, handle)
        case .offsetCommit(let request): self.commitOffsets(request, handle)
        case .offsetFetch(let request): self.fetchOffsets(request, handle)
        case .findCoordinator(let request): self.findCoordinator(request, handle)
        case .joinGroup(let request): self.joinGroup(request, clientID: header.clientID ?? "", handle)
        case .heartbeat(let request): self.heartbeat(request, handle)
        case .leaveGroup(let request): self.leaveGroup(request, handle)
        case .syncGroup(let request): self.syncGroup(request, handle)
        case .describeGroups(let request): self.describeGroups(request, handle)
        case .listGroups: self.listGroups(handle)
        case .deleteGroups(let request): self.deleteGroups(request, handle)
        case .saslHandshake(let request): self.saslHandshake(request, handle)
        case .saslAuthenticate(let request): self.saslAuthenticate(request, handle)
        case .apiVersions(let request):
            if ReadAheadRate.isNeeded(by: request.clientSoftwareName) { self.readAhead = ReadAheadRate() }
            self.answer(handle, ApiVersionsAnswer())
        case .createTopics(let request): self.createTopics(request, handle)
        case .deleteTopics(let request): self.deleteTopics(request, handle)
        case .createPartitions(let request): self.createPartitions(request, handle)
        case .describeConfigs(let request): self.describeConfigs(request, handle)
        case .initProducerID(let request): self.initProducerID(request, handle)
        }
    }

    /// With SASL everything but these closes the connection before success. Contract kafka §9.
    private func mayServe(_ key: APIKey?) -> Bool {
        if self.access != nil { return true }
        switch key {
        case .apiVersions, .saslHandshake, .saslAuthenticate: return true
        default: return false
        }
    }

    /// The request's frame is used no more.
    func giveBackWorkBudget(_ handle: RequestHandle) {
        if let bytes = self.workBudgetBytes.removeValue(forKey: handle.number) {
            self.endpoint.requestBytes.give(back: bytes)
        }
    }

    /// The request's frame is used by others now: its bytes are given back when the last of them lets go.
    func holdWorkBudget(_ handle: RequestHandle) -> BudgetHold {
        BudgetHold(self.workBudgetBytes.removeValue(forKey: handle.number) ?? 0, of: self.endpoint.requestBytes)
    }

    /// Calls `body` on this connection's loop, from any thread; not when the connection is gone.
    var later: @Sendable (@escaping @Sendable (KafkaConnection) -> Void) -> Void {
        { [mailbox = self.loop.mailbox, id = self.id] body in mailbox.post(.run(connection: id, body)) }
    }
}
