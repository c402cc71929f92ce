import DequeModule

/// CONNECTs of one address: how many are being decided, and those that wait behind them.
struct AuthenticationTurns {
    var asked = 0
    var waiting: Deque<() -> Void> = []
}
