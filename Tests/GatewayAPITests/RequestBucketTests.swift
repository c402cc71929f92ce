import HubProtocol
import NIOHTTP1
import TelemetryModel
import Testing

@testable import GatewayAPI

@Suite("Requests a second of one policy")
struct RequestBucketTests {
    private static let noon = APIFixture.noon

    @Test("a second's worth comes at once, the next one waits for its share", arguments: [1, 2, 3, 1_000])
    func burst(rate: Int) {
        var bucket = RequestBucket(perSecond: rate, at: Self.noon)
        for _ in 0..<rate { #expect(bucket.take(at: Self.noon) == nil) }
        let wait = bucket.take(at: Self.noon)
        #expect(wait == .milliseconds((1_000 + rate - 1) / rate))
    }

    @Test(
        "a token is there when its time is over, and not a millisecond before",
        arguments: [(999, false), (1_000, true)]
    )
    func refill(milliseconds: Int, isThere: Bool) {
        var bucket = RequestBucket(perSecond: 1, at: Self.noon)
        #expect(bucket.take(at: Self.noon) == nil)
        #expect((bucket.take(at: Self.noon + .milliseconds(milliseconds)) == nil) == isThere)
    }

    @Test("a long silence saves up one second's worth")
    func silence() {
        var bucket = RequestBucket(perSecond: 2, at: Self.noon)
        let later = Self.noon + .seconds(3_600)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == .milliseconds(500))
    }

    @Test("a clock that goes back fills nothing in and takes nothing away")
    func clockBack() {
        var bucket = RequestBucket(perSecond: 1, at: Self.noon)
        #expect(bucket.take(at: Self.noon) == nil)
        let earlier = Self.noon + .seconds(-60)
        #expect(bucket.take(at: earlier) == .milliseconds(1_000))
        #expect(bucket.take(at: earlier + .seconds(1)) == nil)
    }

    @Test("one policy's requests take nothing of another's, and 0 lets everything through")
    func policies() throws {
        let throttle = RequestThrottle(perSecond: 1)
        try throttle.take("service", at: Self.noon)
        try throttle.take("iothubowner", at: Self.noon)
        do throws(HubError) {
            try throttle.take("service", at: Self.noon)
            Issue.record("a second request")
        } catch {
            #expect(error.code == .throttled)
            #expect(error.retryAfterSeconds == 1)
        }
        let open = RequestThrottle(perSecond: 0)
        for _ in 0..<1_000 { try open.take("service", at: Self.noon) }
    }

    @Test("beyond the rate the API answers 429 with Retry-After, and serves again in time")
    func overHTTP() async throws {
        try await APIFixture.run(\.requestsPerSecondMax, 2) { api in
            let target = "/statistics/devices?api-version=1"
            #expect(try await api.send(.GET, target).status == 200)
            #expect(try await api.send(.GET, target).status == 200)
            let refused = try await api.send(.GET, target)
            #expect(refused.status == 429)
            #expect(refused.errorCode == "ThrottlingException")
            #expect(refused.headers.first(name: "Retry-After") == "1")
            // Another policy has its own rate; who has no token costs nobody anything.
            #expect(try await api.send(.GET, target, authorization: api.token(policy: "registryRead")).status == 200)
            #expect(try await api.send(.GET, target, authorization: nil).status == 401)
            api.clock.value = api.clock.value + .seconds(1)
            #expect(try await api.send(.GET, target).status == 200)
        }
    }
}
