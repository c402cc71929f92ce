/// The side a byte stream comes from: what it may put into a packet depends on it.
package enum PacketSender: Sendable {
    case client
    case server
}
