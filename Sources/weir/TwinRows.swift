import GatewayClient
import TelemetryJSON

/// Twins in order of their ids, asked for page by page as they are wanted.
struct TwinRows {
    private let client: GatewayClient
    private let query: String
    private var page = [JSONObject]().makeIterator()
    private var continuation: String?
    private var isAtEnd = false
    private var current: JSONObject?

    /// The twins of a query that selects whole ones.
    init(_ query: String, of client: GatewayClient) {
        self.client = client
        self.query = query
    }

    /// The twin of a device. Ids are asked for in rising order; twins of devices that were not asked for are passed over.
    mutating func twin(of id: String) async throws -> JSONObject? {
        while true {
            if self.current == nil { self.current = try await self.next() }
            guard let current = self.current else { return nil }
            let found = TwinText.id(current)
            if found == id {
                self.current = nil
                return current
            }
            // The devices come from another call: one made meanwhile has no row, one deleted meanwhile no device.
            guard found.utf8.lexicographicallyPrecedes(id.utf8) else { return nil }
            self.current = nil
        }
    }

    /// The next row.
    mutating func next() async throws -> JSONObject? {
        while true {
            if let row = self.page.next() { return row }
            if self.isAtEnd { return nil }
            let answer = try await self.client.query(
                self.query,
                pageSize: GatewayClient.rowsPerPage,
                continuation: self.continuation
            )
            self.page = answer.items.makeIterator()
            self.continuation = answer.continuation
            self.isAtEnd = answer.continuation == nil
        }
    }
}
