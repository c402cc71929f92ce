import AsyncHTTPClient
package import NIOCore
import NIOHTTP1

extension GatewayClient {
    /// A copy of all the gateway's data, as a tar archive.
    ///
    /// - Parameters:
    ///   - begin: called once with the bytes of all files, when the gateway says so.
    ///   - receive: called with the archive's bytes, piece by piece.
    /// - Throws: when the archive could not be had whole, or what `receive` throws.
    package func backup(begin: (Int?) -> Void, receive: (ByteBuffer) throws -> Void) async throws {
        let response = try await self.send(.GET, "/backup", isStream: true)
        begin(response.headers.first(name: "weir-backup-bytes").flatMap { Int($0) })
        var chunks = response.body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await chunks.next(isolation: #isolation)
            } catch {
                throw self.translated(error)
            }
            guard let chunk else { return }
            try receive(chunk)
        }
    }
}
