import NIOCore
import NIOSSL

/// The certificates a client shows in its TLS handshake: let through unverified, looked at when it says who it is.
///
/// Source: contract iothub-mqtt section 3, "X.509". Confined to the channel's event loop.
final class ClientCertificates {
    /// DER, leaf first; empty until the handshake is done, and for a client that shows none.
    private var chain: [[UInt8]] = []

    /// The chain of a client that was let in: the handshake of a resumed TLS session shows no certificate again, but the
    /// session remembers the client's own.
    func chain(of channel: any Channel) -> [[UInt8]] {
        guard self.chain.isEmpty, let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? certificate.toDERBytes()
        else { return self.chain }
        return [bytes]
    }

    /// The TLS side of one connection, which fills ``chain`` during the handshake.
    func makeHandler(context: NIOSSLContext) -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: context) { certificates, verdict in
            do {
                self.chain = try certificates.map { try $0.toDERBytes() }
                verdict.succeed(.certificateVerified)
            } catch {
                verdict.fail(error)
            }
        }
    }
}
