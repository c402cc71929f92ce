package import EdgeCore
import Synchronization

/// What others want of a bus's worker: they leave it here and wake it.
package final class BusPort: Sendable {
    /// Somebody wants sensors measured now and what they say.
    package struct Request: Sendable {
        /// Sensors of the bus, by their numbers in it.
        package var sensors: [Int]
        /// Whether they are identified and initialised first, as after a start.
        package var initialisesAgain: Bool
        package var answer: SampleAnswer

        package init(sensors: [Int], initialisesAgain: Bool, answer: SampleAnswer) {
            self.sensors = sensors
            self.initialisesAgain = initialisesAgain
            self.answer = answer
        }
    }

    /// What has been left since the last look.
    package struct Orders: Sendable {
        package var isStopping = false
        /// The bus's sensors with other intervals and rules.
        package var sensors: [SensorConfiguration]?
        package var requests: [Request] = []
    }

    /// Signalled when there are orders.
    package let wake = WakeEvent()
    private let orders = Mutex(Orders())

    package init() {}

    package func stop() {
        self.leave { $0.isStopping = true }
    }

    package func apply(_ sensors: [SensorConfiguration]) {
        self.leave { $0.sensors = sensors }
    }

    package func request(_ request: Request) {
        self.leave { $0.requests.append(request) }
    }

    /// Takes the orders. The end is an order that stays.
    package func take() -> Orders {
        self.wake.clear()
        return self.orders.withLock { orders in
            defer { orders = Orders(isStopping: orders.isStopping) }
            return orders
        }
    }

    private func leave(_ change: (inout Orders) -> Void) {
        self.orders.withLock { change(&$0) }
        self.wake.signal()
    }
}
