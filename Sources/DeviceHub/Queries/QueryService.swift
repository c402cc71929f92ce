internal import DeviceRegistry
internal import FleetQuery
package import HubProtocol

/// Runs fleet queries: contract twins section 8. Two at a time, on threads of their own; 100 wait.
package final class QueryService: Sendable {
    /// Rows of one page.
    package static let pageSizes = 1...1_000

    private let stores: HubStores
    private let links: LinkTable
    private let threads = StoreThreads(count: 2, waitingMax: 100)

    init(_ stores: HubStores, links: LinkTable) {
        self.stores = stores
        self.links = links
    }

    /// One page of a query's rows.
    ///
    /// - Parameters:
    ///   - text: the query.
    ///   - pageSize: rows at most, 1 to 1,000.
    ///   - continuation: the token of an earlier page of the same query; `nil` for the first.
    /// - Returns: The page.
    /// - Throws: `argumentInvalid` with the place of the fault, or when the token is not of this query.
    package func run(
        _ text: String,
        pageSize: Int,
        continuation: String?
    ) async throws(HubError) -> QueryPage {
        guard QueryService.pageSizes.contains(pageSize) else {
            throw HubError(.argumentInvalid, "the page size is \(pageSize); it is 1 to 1000")
        }
        return try await self.threads.run {
            QueryService.compiled(text, continuation).flatMap { query, place in
                self.page(of: query, pageSize: pageSize, after: place)
            }
        }
    }

    private static func compiled(
        _ text: String,
        _ continuation: String?
    ) -> Result<(CompiledQuery, QueryContinuation?), HubError> {
        let query: CompiledQuery
        do throws(QuerySyntaxError) {
            query = CompiledQuery(try QueryStatement(parsing: text))
        } catch {
            return .failure(HubError(.argumentInvalid, "the query cannot be read: \(error)"))
        }
        guard let continuation else { return .success((query, nil)) }
        do throws(QueryTokenError) {
            return .success((query, try QueryContinuation(token: continuation, of: query)))
        } catch {
            return .failure(HubError(.argumentInvalid, "x-ms-continuation: \(error)"))
        }
    }

    private func page(
        of query: CompiledQuery,
        pageSize: Int,
        after place: QueryContinuation?
    ) -> Result<QueryPage, HubError> {
        let links = self.links
        do throws(QueryRefusal) {
            let page = try self.stores.queries.run(
                query,
                limit: pageSize,
                after: place,
                live: LiveColumns(state: { links.live($0) })
            )
            return .success(
                QueryPage(
                    itemType: QueryService.itemType(of: query.statement),
                    items: page.rows,
                    continuation: page.next?.token(of: query)
                )
            )
        } catch {
            return .failure(HubError(query: error))
        }
    }

    private static func itemType(of statement: QueryStatement) -> String {
        guard statement.items.isEmpty else { return "Raw" }
        return statement.collection == .jobs ? "DeviceJob" : "Twin"
    }
}

extension HubError {
    /// The contract's error for a query without an answer.
    init(query refusal: QueryRefusal) {
        switch refusal {
        case .limit(let error): self.init(.argumentInvalid, "\(error)")
        case .collection(let collection):
            self.init(.argumentInvalid, "rows of \(collection.rawValue) cannot be asked for here")
        case .registry(let error): self.init(registry: error)
        }
    }
}
