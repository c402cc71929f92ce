internal import DeviceRegistry
package import HubProtocol

extension DeviceHub {
    /// CONNECT of an identity was accepted; a resumed session brings its subscriptions.
    ///
    /// This and its siblings are called on event loops and return at once; of one link in the order of its packets.
    package func opened(_ link: any DeviceLink, subscriptions: HubSubscriptions) {
        self.links.open(link, subscriptions: subscriptions)
        if let model = link.modelID {
            // A model that is not noted now is noted at the next connect.
            self.twins.submit(.model(model), of: link.identity, bytes: model.utf8.count, author: "") { _ in }
        }
        self.attach(link, subscriptions)
    }

    /// SUBSCRIBE or UNSUBSCRIBE changed what the link gets.
    package func changed(_ link: any DeviceLink, subscriptions: HubSubscriptions) {
        self.links.change(link.connectionID, subscriptions: subscriptions)
        if !subscriptions.contains(.devicebound) { self.messages.detach(link) }
        self.attach(link, subscriptions)
    }

    /// A request; its PUBACK is on its way.
    package func received(_ request: HubRequest, payload: [UInt8], on link: any DeviceLink) {
        guard let entry = self.links.heard(link.connectionID) else { return }
        switch request.kind {
        case .twinGet, .reportedPatch:
            self.requests.received(TwinRequest(request: request, payload: payload), on: entry)
        case .methodAnswer(let status):
            self.methods.answered(
                connectionID: link.connectionID,
                requestID: request.requestID,
                status: status,
                payload: payload
            )
        case .register, .registrationStatus:
            break  // Connections of the provisioning service are not the hub's.
        }
    }

    /// The connection ended.
    package func closed(_ link: any DeviceLink) {
        self.links.close(link.connectionID)
        self.methods.closed(connectionID: link.connectionID)
        self.messages.detach(link)
    }

    private func attach(_ link: any DeviceLink, _ subscriptions: HubSubscriptions) {
        if subscriptions.contains(.methods) { self.methods.ready(link.identity) }
        if subscriptions.contains(.devicebound) { self.messages.attach(link) }
    }
}
