/// All devices of a gateway, page by page; one request per page, asked for when the page is wanted.
package struct DevicePages: AsyncSequence, Sendable {
    package typealias Element = [DeviceDescription]
    package typealias Failure = GatewayClientError

    fileprivate let client: GatewayClient

    init(client: GatewayClient) {
        self.client = client
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(client: self.client)
    }

    /// See ``DevicePages``.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let client: GatewayClient
        private var after: String?
        private var isAtEnd = false

        fileprivate init(client: GatewayClient) {
            self.client = client
        }

        package mutating func next() async throws(GatewayClientError) -> [DeviceDescription]? {
            guard !self.isAtEnd else { return nil }
            let page = try await self.client.devices(after: self.after)
            self.after = page.last?.deviceId
            self.isAtEnd = page.isEmpty
            return page.isEmpty ? nil : page
        }
    }
}
