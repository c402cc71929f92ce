extension OutboundFlow {
    /// The message of an exchange that is not over, as it is kept.
    package func message(packetID: UInt16) -> Message? {
        self.exchanges[packetID]?.message
    }
}
