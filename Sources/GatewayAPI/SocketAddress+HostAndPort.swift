package import NIOCore

extension SocketAddress {
    /// `127.0.0.1:1883`, `[::1]:1883`; empty for what is no IP address.
    package var hostAndPort: String {
        guard let address = self.ipAddress, let port = self.port else { return "" }
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
