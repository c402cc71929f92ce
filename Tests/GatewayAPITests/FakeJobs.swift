import DeviceHub
import GatewayAPI
import HubProtocol
import Synchronization
import TelemetryJSON

/// Jobs that only remember.
final class FakeJobs: JobServing {
    private let stored = Mutex<[String: JSONObject]>([:])
    private let authors = Mutex<[String]>([])

    /// Who asked for what, in order.
    var asked: [String] { self.authors.withLock { $0 } }

    func create(_ id: String, _ body: JSONObject, author: String) async throws(HubError) -> JSONObject {
        self.authors.withLock { $0.append("create \(id) by \(author)") }
        var job = body
        job.set("jobId", to: .string(id))
        job.set("status", to: .string("queued"))
        self.stored.withLock { $0[id] = job }
        return job
    }

    func job(_ id: String) async throws(HubError) -> JSONObject {
        guard let job = self.stored.withLock({ $0[id] }) else { throw HubError(.jobNotFound, "there is no job \(id)") }
        return job
    }

    func cancel(_ id: String, author: String) async throws(HubError) -> JSONObject {
        self.authors.withLock { $0.append("cancel \(id) by \(author)") }
        var job = try await self.job(id)
        job.set("status", to: .string("cancelled"))
        return job
    }

    func jobs(
        type: String?,
        status: String?,
        limit: Int,
        continuation: String?
    ) async throws(HubError) -> JobPage {
        self.authors.withLock {
            $0.append("jobs \(type ?? "-") \(status ?? "-") \(limit) \(continuation ?? "-")")
        }
        let all = self.stored.withLock { jobs in jobs.sorted { $0.key < $1.key }.map(\.value) }
        let first = continuation.flatMap { Int($0) } ?? 0
        let page = Array(all.dropFirst(first).prefix(limit))
        let next = first + page.count
        return JobPage(items: page, continuation: next < all.count ? "\(next)" : nil)
    }
}
