import NIOCore

extension ConnackProperties {
    init?(_ fields: inout PacketFields) throws(PacketError) {
        self.init()
        guard var section = try PropertySection(&fields, owner: .connack) else { return nil }
        while let id = try section.next() {
            switch id {
            case .sessionExpiry: self.sessionExpirySeconds = try section.fourBytes()
            case .receiveMaximum: self.receiveMaximum = try section.notZero(try section.twoBytes(), id)
            case .maximumQoS: self.maximumQoS = try section.flag(id) ? .atLeastOnce : .atMostOnce  // 2 is not sent
            case .retainAvailable: self.retainAvailable = try section.flag(id)
            case .packetSizeMax: self.packetSizeMax = try section.notZero(try section.fourBytes(), id)
            case .assignedClientID: self.assignedClientID = try section.string()
            case .topicAliasMax: self.topicAliasMax = try section.twoBytes()
            case .reasonString: self.reasonString = try section.string()
            case .userProperty: self.userProperties.append(try section.pair())
            case .wildcardSubscriptionsAvailable: self.wildcardSubscriptionsAvailable = try section.flag(id)
            case .subscriptionIDsAvailable: self.subscriptionIDsAvailable = try section.flag(id)
            case .sharedSubscriptionsAvailable: self.sharedSubscriptionsAvailable = try section.flag(id)
            case .serverKeepAlive: self.serverKeepAliveSeconds = try section.twoBytes()
            case .responseInformation: self.responseInformation = try section.string()
            case .serverReference: self.serverReference = try section.string()
            case .authenticationMethod: self.authenticationMethod = try section.string()
            case .authenticationData: self.authenticationData = try section.binary()
            default: throw section.notAllowed(id)
            }
        }
        guard self.authenticationMethod != nil || self.authenticationData == nil else {
            throw fields.fault(.noAuthenticationMethod)
        }
    }

    func write(to writer: inout PropertyWriter) throws(PacketError) {
        if let sessionExpirySeconds { writer.write(.sessionExpiry, fourBytes: sessionExpirySeconds) }
        if let receiveMaximum { writer.write(.receiveMaximum, twoBytes: receiveMaximum) }
        // 2 is said by leaving it out. §3.2.2.3.4
        if let maximumQoS, maximumQoS != .exactlyOnce { writer.write(.maximumQoS, byte: maximumQoS.rawValue) }
        if let retainAvailable { writer.write(.retainAvailable, flag: retainAvailable) }
        if let packetSizeMax { writer.write(.packetSizeMax, fourBytes: packetSizeMax) }
        if let assignedClientID { try writer.write(.assignedClientID, string: assignedClientID) }
        if let topicAliasMax { writer.write(.topicAliasMax, twoBytes: topicAliasMax) }
        if let reasonString { try writer.write(.reasonString, string: reasonString) }
        try writer.write(self.userProperties)
        if let wildcardSubscriptionsAvailable {
            writer.write(.wildcardSubscriptionsAvailable, flag: wildcardSubscriptionsAvailable)
        }
        if let subscriptionIDsAvailable { writer.write(.subscriptionIDsAvailable, flag: subscriptionIDsAvailable) }
        if let sharedSubscriptionsAvailable {
            writer.write(.sharedSubscriptionsAvailable, flag: sharedSubscriptionsAvailable)
        }
        if let serverKeepAliveSeconds { writer.write(.serverKeepAlive, twoBytes: serverKeepAliveSeconds) }
        if let responseInformation { try writer.write(.responseInformation, string: responseInformation) }
        if let serverReference { try writer.write(.serverReference, string: serverReference) }
        if let authenticationMethod { try writer.write(.authenticationMethod, string: authenticationMethod) }
        if let authenticationData { try writer.write(.authenticationData, binary: authenticationData) }
    }
}
