import FleetModel
import NIOCore
import NIOPosix

/// A running fleet: every device with its driver, spread over a few event loops.
struct Fleet<Feed: DeviceFeed>: Sendable {
    /// How long a stopped fleet waits for acknowledgements.
    static var patience: Duration { .seconds(10) }

    private let drivers: [NIOLoopBound<FleetDriver<Feed>>]
    private let loops: [any EventLoop]
    private let done: [EventLoopFuture<Void>]

    /// Makes the drivers; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - members: the devices.
    ///   - shared: what all drivers share.
    ///   - group: their event loops.
    ///   - seed: of the reconnect delays.
    ///   - makeFeed: makes the feed of the member with this index, on its loop.
    /// - Throws: when an event loop is shut down.
    init(
        members: [FleetMember],
        shared: FleetDriver<Feed>.Shared,
        group: MultiThreadedEventLoopGroup,
        seed: UInt64,
        makeFeed: @escaping @Sendable (Int, any EventLoop) -> Feed
    ) async throws {
        var drivers = [NIOLoopBound<FleetDriver<Feed>>]()
        var loops = [any EventLoop]()
        var done = [EventLoopFuture<Void>]()
        for (index, member) in members.enumerated() {
            let loop = group.next()
            let promise = loop.makePromise(of: Void.self)
            var random = SplitMix64(seed: seed, name: member.id)
            let delaySeed = random.next()
            let driver = try await loop.submit {
                let driver = FleetDriver(
                    member: member,
                    feed: makeFeed(index, loop),
                    shared: shared,
                    loop: loop,
                    seed: delaySeed,
                    done: promise
                )
                return NIOLoopBound(driver, eventLoop: loop)
            }.get()
            drivers.append(driver)
            loops.append(loop)
            done.append(promise.futureResult)
        }
        self.drivers = drivers
        self.loops = loops
        self.done = done
    }

    /// Lets every device begin.
    func start() {
        for (driver, loop) in zip(self.drivers, self.loops) { loop.execute { driver.value.start() } }
    }

    /// No device takes further messages; each ends when its messages are acknowledged or the patience is over.
    func stop() {
        for (driver, loop) in zip(self.drivers, self.loops) {
            loop.execute { driver.value.stop(within: Fleet.patience) }
        }
    }

    /// Returns when every device is over.
    func ended() async throws {
        for future in self.done { try await future.get() }
    }
}
